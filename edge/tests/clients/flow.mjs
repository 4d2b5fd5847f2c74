// A flow of AWS's SDK for JavaScript: upload in parts from a stream, read, list, delete; make a function, invoke, stream.
// Usage: flow.mjs RUNTIME, in a folder with app.zip; the endpoint and the keys are in the environment.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { Readable } from 'node:stream';

import * as lambda from '@aws-sdk/client-lambda';
import * as s3 from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';

const objects = new s3.S3Client({ region: 'us-east-1', forcePathStyle: true });
const functions = new lambda.LambdaClient({ region: 'us-east-1' });
const Bucket = 'from-javascript';

await objects.send(new s3.CreateBucketCommand({ Bucket }));
const data = Buffer.alloc((13 << 20) + 5);
for (let at = 0; at < data.length; at += 997) data[at] = at & 255;
function* pieces() {
  for (let at = 0; at < data.length; at += 65536) yield data.subarray(at, at + 65536);
}
const upload = new Upload({
  client: objects,
  params: { Bucket, Key: 'large', Body: Readable.from(pieces()) },
  partSize: 5 << 20,
  queueSize: 3,
});
const done = await upload.done();
assert.match(done.ETag, /-3"$/);
assert.match(done.ChecksumCRC32, /-3$/);
assert.equal(done.Location, `${process.env.AWS_ENDPOINT_URL}/${Bucket}/large`);
const read = async (Key, more) => {
  const got = await objects.send(new s3.GetObjectCommand({ Bucket, Key, ...more }));
  return [Buffer.from(await got.Body.transformToByteArray()), got];
};
assert.ok((await read('large'))[0].equals(data));
assert.ok((await read('large', { Range: 'bytes=5242870-5242890' }))[0].equals(data.subarray(5242870, 5242891)));

// A stream whose length only the file system knows goes in chunks, with its checksum behind it.
await objects.send(new s3.PutObjectCommand({ Bucket, Key: 'stre\u00e4m +', Body: fs.createReadStream('app.zip'), Metadata: { a: 'b' } }));
const [bytes, got] = await read('stre\u00e4m +', { ChecksumMode: 'ENABLED' });
assert.ok(bytes.equals(fs.readFileSync('app.zip')) && got.ChecksumCRC32 && got.Metadata.a === 'b');
await assert.rejects(read('none'), (error) => error instanceof s3.NoSuchKey);
await assert.rejects(objects.send(new s3.HeadObjectCommand({ Bucket, Key: 'none' })), { name: 'NotFound' });
await assert.rejects(
  objects.send(new s3.PutObjectCommand({ Bucket, Key: 'large', Body: '', IfNoneMatch: '*' })),
  { name: 'PreconditionFailed' },
);
const listed = [];
for await (const page of s3.paginateListObjectsV2({ client: objects, pageSize: 1 }, { Bucket })) {
  listed.push(...page.Contents.map((object) => object.Key));
}
assert.deepEqual(listed, ['large', 'stre\u00e4m +']);

const FunctionName = 'from-javascript';
const made = await functions.send(new lambda.CreateFunctionCommand({
  FunctionName,
  Runtime: process.argv[2],
  Role: 'arn:aws:iam::000000000000:role/any',
  Handler: 'app.handler',
  Code: { S3Bucket: Bucket, S3Key: 'stre\u00e4m +' },
}));
assert.equal(made.State, 'Active');
await lambda.waitUntilFunctionActiveV2({ client: functions, maxWaitTime: 30 }, { FunctionName });
const invoked = await functions.send(new lambda.InvokeCommand({ FunctionName, Payload: '{"a": 1}', LogType: 'Tail' }));
assert.deepEqual(JSON.parse(Buffer.from(invoked.Payload).toString()), ['new', { a: 1 }]);
assert.match(Buffer.from(invoked.LogResult, 'base64').toString(), /seen/);
const streamed = await functions.send(new lambda.InvokeWithResponseStreamCommand({ FunctionName, Payload: '[2]' }));
let [text, complete] = ['', false];
for await (const event of streamed.EventStream) {
  if (event.PayloadChunk) text += Buffer.from(event.PayloadChunk.Payload).toString();
  complete ||= Boolean(event.InvokeComplete);
}
assert.deepEqual([JSON.parse(text), complete], [['new', [2]], true]);
await assert.rejects(
  functions.send(new lambda.GetFunctionCommand({ FunctionName: 'nobody' })),
  (error) => error instanceof lambda.ResourceNotFoundException && error.message.startsWith('Function not found'),
);
await functions.send(new lambda.DeleteFunctionCommand({ FunctionName }));

const gone = await objects.send(new s3.DeleteObjectsCommand({ Bucket, Delete: { Objects: listed.map((Key) => ({ Key })) } }));
assert.equal(gone.Deleted.length, 2);
await objects.send(new s3.DeleteBucketCommand({ Bucket }));
