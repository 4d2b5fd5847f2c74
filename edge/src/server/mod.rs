//! One port for everything: told apart by the scope of the signature, else by the path.

mod answer;
mod asking;
mod cloudformation;
mod cloudwatch;
mod dispatch;
mod event_stream;
mod iam;
mod invoke;
mod lambda;
mod manage;
mod metrics;
mod operations;
mod other;
mod own;
mod signature;
mod signing_date;
mod sites;
mod slow;
mod text;
mod url;
mod watch;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::{Semaphore, mpsc, oneshot};

use crate::asynchronous::{begin_when_durable, event_of, resume};
use crate::edge::{Edge, EdgeError, EdgeOptions, Invoke};
use crate::lambda::{DEFAULT_REGION, FunctionName};
use crate::run::Endpoint;
use crate::s3::{AccessKeys, Call, Notifier, SOURCE_ADDRESS, notifying_s3_service};

pub(crate) use asking::{Place, Refusal, put_for_role};
pub(crate) use dispatch::signed_region;
pub use signature::{Signer, sign};
pub(crate) use signing_date::{AMZ_DATE, signing_date};
pub(crate) use sites::is_of_another_site;
pub(crate) use text::{decoded, query_pairs};

pub use own::{Extension, ExtensionRequest, ExtensionResponse};
pub use watch::{Answered, Watch};

/// Where AWS's local tools look.
pub const DEFAULT_PORT: u16 = 4566;

/// How much of the edge one client may take up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientLimits {
    /// Time in which a client must have sent its headers, from when it connected or got its last answer.
    pub header_timeout: Duration,
    /// Time that the next bytes of a body are waited for.
    pub body_timeout: Duration,
    /// Most connections at once; further ones wait.
    pub most_connections: usize,
}

impl Default for ClientLimits {
    fn default() -> Self {
        Self { header_timeout: Duration::from_secs(30), body_timeout: Duration::from_secs(30), most_connections: 4096 }
    }
}

/// Lines of headers in one request. S3 takes 2 KB of an object's own metadata in 8 KB of headers: no more lines fit there.
const MOST_HEADERS: usize = 512;

/// Bytes of a request's first line and headers.
const MOST_HEADER_BYTES: usize = 64 << 10;

/// Time that requests under way have to end when the server ends.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(5);

/// Connections from workers' networks that may wait to be taken.
const MOST_GUESTS: usize = 64;

/// How an edge is opened and served.
#[derive(Clone)]
pub struct Config {
    /// Where to listen; port 0: any that is free.
    pub addr: SocketAddr,
    /// The edge.
    pub edge: EdgeOptions,
    /// With keys, every request must be signed by one of them.
    pub keys: Option<AccessKeys>,
    /// Names that it goes by besides those of this machine; with keys any will do.
    pub names: Vec<String>,
    /// More routes under `/_nano/`.
    pub extension: Option<Arc<dyn Extension>>,
    /// What one client may take up.
    pub limits: ClientLimits,
}

impl Config {
    /// On the loopback interface, without keys. `path` is where programs are searched (`PATH`).
    pub fn new(port: u16, data: impl Into<PathBuf>, path: impl Into<String>) -> Self {
        Self {
            addr: SocketAddr::from(([127, 0, 0, 1], port)),
            edge: EdgeOptions::new(data, path),
            keys: None,
            names: vec![],
            extension: None,
            limits: ClientLimits::default(),
        }
    }
}

/// The server of an edge.
#[derive(Debug)]
pub struct Server;

/// A server at work. It ends when this is dropped.
pub struct Running {
    addr: SocketAddr,
    edge: Edge,
    service: Weak<dispatch::Dispatch>,
    end: Option<oneshot::Sender<()>>,
    ended: Option<oneshot::Receiver<()>>,
}

impl Server {
    /// Opens the edge and serves it.
    pub fn start(config: Config) -> Result<Running, EdgeError> {
        // The port first: whoever finds it taken has not opened the data of the other one.
        let listener = bind(config.addr)?;
        let edge = Edge::open(config.edge)?;
        Self::serve(edge, listener, (config.keys, config.names), config.extension, config.limits)
    }

    /// Serves an edge that is open.
    pub fn attach(
        edge: Edge,
        addr: SocketAddr,
        keys: Option<AccessKeys>,
        names: Vec<String>,
        extension: Option<Arc<dyn Extension>>,
        limits: ClientLimits,
    ) -> Result<Running, EdgeError> {
        Self::serve(edge, bind(addr)?, (keys, names), extension, limits)
    }

    fn serve(
        edge: Edge,
        listener: std::net::TcpListener,
        (keys, names): (Option<AccessKeys>, Vec<String>),
        extension: Option<Arc<dyn Extension>>,
        limits: ClientLimits,
    ) -> Result<Running, EdgeError> {
        let io = |source| EdgeError::Io { what: "listen".to_owned(), source };
        let addr = listener.local_addr().map_err(io)?;
        listener.set_nonblocking(true).map_err(io)?;
        let listener = {
            let _entered = edge.handle().enter();
            TcpListener::from_std(listener).map_err(io)?
        };
        let (sender, guests) = mpsc::channel(MOST_GUESTS);
        edge.set_endpoint(Endpoint { addr: reachable(addr), guests: sender });
        if let Some(keys) = &keys {
            edge.credentials().set(keys.clone());
        }
        let s3 =
            notifying_s3_service(Arc::clone(edge.store()), keys.clone(), notifier(&edge), edge.world().random.clone());
        let service =
            Arc::new(dispatch::Dispatch::new(edge.clone(), s3, (keys, names), extension, limits.body_timeout));
        // Not owned by the edge: it ends with what is served.
        let here = Arc::downgrade(&service);
        let served = Weak::clone(&here);
        edge.services().set(move |request| {
            let here = here.upgrade();
            Box::pin(async move { here?.answer_here(request).await })
        });
        // Handlers find the edge from here on.
        resume(&edge)?;
        let (end, ending) = oneshot::channel();
        let (told, ended) = oneshot::channel();
        edge.handle().spawn(async move {
            accept((listener, guests), service, limits, ending).await;
            let _ = told.send(());
        });
        Ok(Running { addr, edge, service: served, end: Some(end), ended: Some(ended) })
    }
}

/// What changes of objects do to functions.
fn notifier(edge: &Edge) -> Notifier {
    let weak = edge.downgrade();
    let find = move |arn: &str| {
        let edge = weak.upgrade()?;
        let name = FunctionName::parse(arn, 256).ok()?;
        let version = edge.functions().find(&name, DEFAULT_REGION).ok()?;
        let weak = weak.clone();
        let call = move |event: serde_json::Value| {
            let (id, invoke) = (edge.world().uuid(), Invoke::new(event.to_string()));
            let event = event_of(&edge, &version, name.qualifier.as_deref(), invoke, id);
            let (weak, kept) = (weak.clone(), edge.accepted().companion(&event));
            Call { kept, begin: Box::new(move |until| begin_when_durable(&weak, event, until)) }
        };
        Some(Box::new(call) as _)
    };
    Notifier { find: Arc::new(find) }
}

/// An address at which something that listens can be reached from this machine.
fn reachable(addr: SocketAddr) -> SocketAddr {
    if addr.ip().is_unspecified() { SocketAddr::from(([127, 0, 0, 1], addr.port())) } else { addr }
}

fn bind(addr: SocketAddr) -> Result<std::net::TcpListener, EdgeError> {
    std::net::TcpListener::bind(addr).map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => EdgeError::PortInUse { port: addr.port() },
        _ => EdgeError::Io { what: format!("listen on {addr}"), source },
    })
}

async fn accept(
    (listener, mut guests): (TcpListener, mpsc::Receiver<TcpStream>),
    service: Arc<dispatch::Dispatch>,
    limits: ClientLimits,
    mut ending: oneshot::Receiver<()>,
) {
    let graceful = GracefulShutdown::new();
    let room = Arc::new(Semaphore::new(limits.most_connections));
    loop {
        let permit = tokio::select! {
            permit = Arc::clone(&room).acquire_owned() => permit,
            _ = &mut ending => break,
        };
        let Ok(permit) = permit else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted.map(|(stream, _)| stream),
            // From networks of workers' own, for whom this is the only way out.
            Some(stream) = guests.recv() => Ok(stream),
            _ = &mut ending => break,
        };
        let Ok((stream, peer)) = accepted.and_then(|stream| stream.peer_addr().map(|peer| (stream, peer))) else {
            // Out of files, mostly: others must end before the next one can come.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let _ = stream.set_nodelay(true);
        let (service, counted) = (Arc::clone(&service), Arc::clone(&service));
        // Of version 4 where it is one, however it came: policies compare it with networks.
        let source = http::HeaderValue::try_from(peer.ip().to_canonical().to_string());
        let service = service_fn(move |mut request: http::Request<hyper::body::Incoming>| {
            let service = Arc::clone(&service);
            // Whatever a client says of itself there is overwritten.
            match &source {
                Ok(source) => request.headers_mut().insert(SOURCE_ADDRESS, source.clone()),
                Err(_) => request.headers_mut().remove(SOURCE_ADDRESS),
            };
            async move { service.answer(request).await }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits.header_timeout)
            .max_headers(MOST_HEADERS)
            .max_header_size(MOST_HEADER_BYTES)
            // A client that has said all it has to say still gets its answer.
            .half_close(true)
            .serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        counted.metrics.accepted.fetch_add(1, Ordering::Relaxed);
        counted.metrics.connections.fetch_add(1, Ordering::Relaxed);
        tokio::spawn(async move {
            // What a client does to its connection is not the server's failure.
            let _ = connection.await;
            counted.metrics.connections.fetch_sub(1, Ordering::Relaxed);
            drop(permit);
        });
    }
    drop(listener);
    let _ = tokio::time::timeout(DRAIN_TIMEOUT, graceful.shutdown()).await;
}

impl Running {
    /// Where it listens.
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What it serves.
    pub const fn edge(&self) -> &Edge {
        &self.edge
    }

    /// Has every answer told to somebody. The first one who asks is told.
    pub fn watch(&self, watch: Watch) {
        if let Some(service) = self.service.upgrade() {
            service.watcher.set(watch);
        }
    }

    /// Takes no more connections, lets requests under way end (for a few seconds), writes the logs, and returns.
    pub fn shutdown(mut self) {
        self.end_now();
    }

    fn end_now(&mut self) {
        if let Some(end) = self.end.take() {
            let _ = end.send(());
        }
        if let Some(ended) = self.ended.take() {
            // It may be one of the edge's own threads that is here, or the only one: its work is another's meanwhile.
            if Handle::try_current().is_ok_and(|here| here.runtime_flavor() == RuntimeFlavor::MultiThread) {
                tokio::task::block_in_place(|| self.wait(ended));
            } else {
                self.wait(ended);
            }
        }
    }

    fn wait(&self, mut ended: oneshot::Receiver<()>) {
        let begun = std::time::Instant::now();
        while matches!(ended.try_recv(), Err(oneshot::error::TryRecvError::Empty))
            && begun.elapsed() < DRAIN_TIMEOUT + Duration::from_secs(1)
        {
            std::thread::sleep(Duration::from_millis(2));
        }
        self.edge.logs().flush();
    }
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running").field("addr", &self.addr).finish_non_exhaustive()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end_now();
    }
}
