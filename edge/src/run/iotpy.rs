//! IoTPy in process: instances of one version, kept warm, limited in instructions, memory and time.

use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

use bytes::Bytes;
use nano_vm::{
    Aligned, Context, Event, Exception, Host, HostError, Instance, Invocation, Limits, ServiceAnswer, ServiceRequest,
    Shortage, Stop,
};
use nano_wire::traceback::{Place, render};
use nano_woof::{Error, Sequence};
use tokio::runtime::Handle;

use super::credentials::Credentials;
use super::environment::variables;
use super::services::{self, Services};
use super::{Call, EventKind, Failure, MOST_RESULT_BYTES, Ran};
use crate::lambda::Configuration;
use crate::server::{Signer, sign};
use crate::translate::Translation;
use crate::woofs::Woofs;
use crate::world::World;

/// Most bytes of an arena, whatever the function's memory is.
const MOST_ARENA_BYTES: usize = 1 << 30;

/// An instance whose arena was filled so far is not kept: its pages are given back, and the next invocation begins
/// with a copy of what compiling made, which is quick.
const MOST_KEPT_BYTES: u32 = 8 << 20;

/// Most bytes kept of one invocation's prints.
const MOST_OUTPUT_BYTES: usize = 1 << 20;

/// No machine executes more in a millisecond: the deadline comes first, the fuel is for clocks that stand still.
const FUEL_PER_MILLISECOND: u64 = 10_000_000;

/// How long a handler that takes long waits for another thread to serve in place of its own.
const MOST_ASIDE: Duration = Duration::from_millis(2);

/// How long after that its thread may be serving again without knowing.
const ASIDE_AGAIN: Duration = Duration::from_millis(20);

/// Attributes of the context object, as AWS Lambda has them.
static CONTEXT: [&str; 7] = [
    "aws_request_id",
    "function_name",
    "function_version",
    "invoked_function_arn",
    "log_group_name",
    "log_stream_name",
    "memory_limit_in_mb",
];

/// One version, loaded.
#[derive(Debug)]
pub(crate) struct Loaded {
    translation: Arc<Translation>,
    idle: Mutex<Vec<Instance<Aligned>>>,
    log_stream: String,
    /// Where the handlers' steady clock begins.
    since: Instant,
}

impl Loaded {
    pub fn new(translation: Arc<Translation>, log_stream: String) -> Self {
        Self { translation, idle: Mutex::default(), log_stream, since: Instant::now() }
    }

    /// Runs an invocation on this thread. If the thread has other work, `inline` is how long that waits, before another
    /// thread does it.
    pub fn invoke(&self, call: &Call, around: Surroundings<'_>, inline: Option<Duration>) -> Ran {
        let configuration = &call.version.configuration;
        let (access_key, secret) = around.credentials.of(&configuration.role, &around.world.random);
        let begun = Instant::now();
        let timeout = Duration::from_millis(configuration.timeout_ms());
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let memory = configuration.memory_size.to_string();
        let mut host = EdgeHost {
            output: String::new(),
            dropped: 0,
            since: self.since,
            deadline: begun + timeout,
            aside: inline.map(|inline| begun + inline),
            around,
            configuration,
            variables: variables(configuration, &self.log_stream, (&access_key, &secret), []),
            context: [
                &call.request_id,
                &configuration.function_name,
                &configuration.version,
                &configuration.function_arn,
                configuration.log_group(),
                &self.log_stream,
                &memory,
            ],
        };
        let event = match (call.kind, std::str::from_utf8(&call.event)) {
            (EventKind::Json, Ok(text)) => Event::Json(text),
            _ => Event::Bytes(&call.event),
        };
        let (mut init, mut handling) = (None, begun);
        let (mut instance, invocation) = match idle {
            Some(mut instance) => {
                let invocation = instance.invoke(&mut host, &self.translation.function, event);
                (Some(instance), invocation)
            }
            None => {
                let mut instance = self.instance(configuration);
                let started = match &mut instance {
                    Ok(instance) => instance.run_main(&mut host),
                    Err(shortage) => Invocation::unstarted(nano_vm::Failure::Memory(*shortage)),
                };
                handling = Instant::now();
                init = Some(handling - begun);
                match instance {
                    Ok(mut instance) if started.result.is_ok() => {
                        let invocation = instance.invoke(&mut host, &self.translation.function, event);
                        (Some(instance), invocation)
                    }
                    // A top level that failed is run again, as a worker would be started again.
                    _ => (None, started),
                }
            }
        };
        let ended = Instant::now();
        let mut output = host.output;
        if host.dropped > 0 {
            output.push_str("\n[");
            output.push_str(&host.dropped.to_string());
            output.push_str(" bytes more were printed and are not kept]\n");
        }
        // A sleep, or a request's answer, that lasts until the deadline may be the last thing a handler waits for: what it
        // returns then comes too late.
        let late = ended.duration_since(begun) >= timeout;
        let stopped = late || matches!(invocation.result, Err(nano_vm::Failure::Stopped(_)));
        let kept = instance.take_if(|_| !stopped && invocation.heap_peak_bytes <= MOST_KEPT_BYTES);
        if let Some(instance) = kept {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(instance);
        }
        let result = match invocation.result {
            _ if late => Err(Failure::timed_out(&call.request_id, configuration.timeout_ms())),
            Ok(text) if text.len() > MOST_RESULT_BYTES => Err(Failure::too_large()),
            Ok(text) => Ok(Bytes::from(text)),
            Err(failure) => Err(self.failure(call, failure)),
        };
        if let Err(failure) = &result
            && failure.request_id.is_some()
        {
            output.push_str(&failure.to_log());
        }
        Ran {
            result,
            output,
            duration: if stopped { timeout } else { ended.duration_since(handling) },
            init,
            log_stream: self.log_stream.clone(),
            memory_bytes: u64::from(invocation.heap_peak_bytes),
            instructions: Some(invocation.instructions),
        }
    }

    fn instance(&self, configuration: &Configuration) -> Result<Instance<Aligned>, Shortage> {
        let fuel = configuration.timeout_ms().saturating_mul(FUEL_PER_MILLISECOND);
        let arena = ((configuration.memory_size as usize) << 20).min(MOST_ARENA_BYTES);
        // Zeroed memory of this size costs nothing until it is used.
        Instance::try_new(self.translation.module.clone(), arena, Limits { fuel, ..Limits::default() })
    }

    fn failure(&self, call: &Call, failure: nano_vm::Failure) -> Failure {
        let request_id = call.request_id.as_str();
        let configuration = &call.version.configuration;
        let plain = |kind: &str, message: &str| Failure::exception(kind, message, Vec::new(), request_id);
        match failure {
            nano_vm::Failure::Exception(exception) if exception.exit.is_some() => {
                let status = exception.exit.unwrap_or(0);
                let how = (status != 0).then(|| format!("exit status {status}"));
                Failure::exited(request_id, how.as_deref())
            }
            nano_vm::Failure::Exception(exception) => {
                Failure::exception(&exception.class, &exception.message, self.stack(&exception), request_id)
            }
            nano_vm::Failure::Stopped(Stop::Fuel | Stop::Interrupted) => {
                Failure::timed_out(request_id, configuration.timeout_ms())
            }
            nano_vm::Failure::Stopped(Stop::Damaged) => {
                plain("Runtime.BadModule", "the module's code is inconsistent; deploy it again")
            }
            nano_vm::Failure::NotFound => {
                let (module, function) = configuration.handler.rsplit_once('.').unwrap_or_default();
                plain("Runtime.HandlerNotFound", &format!("Handler '{function}' missing on module '{module}'"))
            }
            nano_vm::Failure::Unserializable(why) => {
                plain("Runtime.MarshalError", &format!("Unable to marshal response: {why}"))
            }
            nano_vm::Failure::ArenaTooSmall(needed) => plain(
                "MemoryError",
                &format!("the function needs {needed} bytes of memory to start; raise its MemorySize"),
            ),
            nano_vm::Failure::Memory(shortage) => plain("MemoryError", &shortage.to_string()),
        }
    }

    /// The traceback as Lambda has it: one text for each frame, paths as they are there.
    fn stack(&self, exception: &Exception) -> Vec<String> {
        let entries = exception.frames.iter().map(|frame| {
            let place = Place { function: frame.function, word: frame.word, repeats: frame.repeats };
            let entry = render(&self.translation.symbols, &[place]);
            entry.replace("  File \"", "  File \"/var/task/")
        });
        entries.collect()
    }
}

/// What of the edge a handler in this process reaches.
#[derive(Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    pub woofs: &'a Woofs,
    pub world: &'a World,
    pub services: &'a Services,
    pub credentials: &'a Credentials,
    pub handle: &'a Handle,
}

/// What a handler in this process may ask for: time and logs, no pins.
struct EdgeHost<'a> {
    output: String,
    dropped: usize,
    since: Instant,
    deadline: Instant,
    /// When another thread is to do the other work of this one, if it has any.
    aside: Option<Instant>,
    around: Surroundings<'a>,
    configuration: &'a Configuration,
    variables: Vec<(String, String)>,
    /// What the context object says, in the order of [`CONTEXT`].
    context: [&'a str; CONTEXT.len()],
}

impl EdgeHost<'_> {
    /// A variable of the environment.
    fn variable(&self, name: &str) -> &str {
        self.variables.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    /// Gives this thread's other work to another thread, and goes on with what takes long when that has begun with it.
    ///
    /// It may come back: `block_in_place` takes it again at its end if nobody has it just then, and nobody has it while who
    /// took it gives it on. Nothing tells that, so a handler that runs on does this again.
    fn step_aside(&mut self) {
        let (told, serves) = mpsc::channel();
        // With this thread's other work: who does that comes to this too.
        self.around.handle.spawn(async move { told.send(()) });
        let _ = tokio::task::block_in_place(|| serves.recv_timeout(MOST_ASIDE));
        self.aside = Some(Instant::now() + ASIDE_AGAIN);
    }
}

impl Host for EdgeHost<'_> {
    fn print(&mut self, text: &str) {
        if self.output.len() + text.len() <= MOST_OUTPUT_BYTES {
            self.output.push_str(text);
        } else {
            self.dropped += text.len();
        }
    }

    fn context(&mut self) -> Context {
        Context { names: &CONTEXT, changed: CONTEXT.len() }
    }

    fn context_text(&self, index: usize) -> &str {
        self.context.get(index).copied().unwrap_or_default()
    }

    fn environment(&self, index: usize) -> Option<(&str, &str)> {
        self.variables.get(index).map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Waits on this thread, which serves: its other work goes to another one meanwhile.
    fn request(&mut self, asked: &ServiceRequest<'_>) -> Result<ServiceAnswer, HostError> {
        let (service, region) = asked.service.split_once('/').unwrap_or((asked.service, ""));
        let region = if region.is_empty() { self.variable("AWS_REGION") } else { region };
        let (access_key, secret) = (self.variable("AWS_ACCESS_KEY_ID"), self.variable("AWS_SECRET_ACCESS_KEY"));
        let signer = Signer { access_key, secret, session: None };
        let mut request = services::request(asked)?;
        if !sign(&mut request, signer, region, service, self.around.world.now_ms()) {
            return Err(HostError::Refused);
        }
        let Surroundings { services, handle, .. } = self.around;
        let answering = services.answer(request).ok_or(HostError::Unsupported)?;
        // Not beyond the deadline: the next instructions find that it has passed.
        let left = self.deadline.saturating_duration_since(Instant::now());
        let answered =
            tokio::task::block_in_place(|| handle.block_on(async { tokio::time::timeout(left, answering).await }));
        match answered {
            Ok(Some(response)) => Ok(services::answer(&response, self.around.world.now_ms())),
            _ => Err(HostError::Refused),
        }
    }

    fn wall_clock_ns(&mut self) -> u64 {
        self.around.world.now_ms() * 1_000_000
    }

    fn monotonic_ns(&mut self) -> u64 {
        self.since.elapsed().as_nanos() as u64
    }

    fn sleep_ns(&mut self, nanoseconds: u64) {
        // Not beyond the deadline: the next instructions find that it has passed.
        let left = self.deadline.saturating_duration_since(Instant::now()) + Duration::from_millis(1);
        tokio::task::block_in_place(|| std::thread::sleep(Duration::from_nanos(nanoseconds).min(left)));
    }

    fn remaining_ms(&mut self) -> Option<u64> {
        Some(self.deadline.saturating_duration_since(Instant::now()).as_millis() as u64)
    }

    fn interrupted(&mut self) -> bool {
        let now = Instant::now();
        if self.aside.is_some_and(|aside| now >= aside) {
            self.step_aside();
        }
        now >= self.deadline
    }

    /// There are no pins here. A handler that was written for a device runs all the same; its log says what it drove.
    fn set_pin(&mut self, pin: u32, high: bool) -> Result<(), HostError> {
        self.print(&format!("device: pin {pin} {}\n", if high { "high" } else { "low" }));
        Ok(())
    }

    fn append(&mut self, log: &str, payload: &[u8]) -> Result<u64, HostError> {
        let name = self.configuration.nano.woof(log);
        let append = || self.around.woofs.append(&name, payload);
        tokio::task::block_in_place(append).map(Sequence::get).map_err(|error| refusal(&error))
    }

    fn device_name(&self) -> &'static str {
        "edge"
    }

    fn latest(&mut self, log: &str, buffer: &mut [u8]) -> Result<Option<(u64, usize)>, HostError> {
        match self.around.woofs.latest(&self.configuration.nano.woof(log)) {
            Ok(entry) => {
                let length = entry.payload.len().min(buffer.len());
                buffer[..length].copy_from_slice(&entry.payload[..length]);
                Ok(Some((entry.header.sequence.get(), entry.payload.len())))
            }
            Err(Error::NotYet(_)) => Ok(None),
            Err(error) => Err(refusal(&error)),
        }
    }
}

fn refusal(error: &Error) -> HostError {
    match error {
        Error::NotFound(_) | Error::Name(_) => HostError::NotFound,
        Error::TooLong { .. } => HostError::TooLarge,
        _ => HostError::Refused,
    }
}
