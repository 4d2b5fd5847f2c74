//! The radio as a station of a wireless network: joins it, and joins it again whenever it is gone.

use alloc::boxed::Box;
use alloc::rc::Rc;
use core::cell::Cell;
use core::convert::Infallible;
use core::future::{Future, poll_fn};
use core::pin::Pin;
use core::task::{Context, Poll, Waker};
use esp_hal::peripherals::WIFI;
use esp_hal::time::{Duration, Instant};
use esp_radio::wifi::sta::StationConfig;
use esp_radio::wifi::{
    AuthenticationMethodConfig, Config, ConnectionError, ControllerConfig, DisconnectReason, Interface, WifiController,
    WifiRxToken, WifiTxToken,
};
use smoltcp::phy::{self, DeviceCapabilities, Medium};
use smoltcp::time::Instant as Moment;

/// Most bytes of a frame, as the radio's driver takes them.
const MOST_BYTES: usize = 1492;
/// Least and most time until the next attempt to join, ms.
const BACKOFF_MS: (u64, u64) = (500, 30_000);
/// A password has at least so many bytes; none means an open network.
const LEAST_PASSWORD: usize = 8;

/// The radio.
pub struct Radio {
    interface: Interface,
    joining: Pin<Box<dyn Future<Output = Infallible>>>,
    state: Rc<State>,
}

/// What the joining says to whoever looks.
#[derive(Default)]
struct State {
    is_joined: Cell<bool>,
    news: Cell<Option<&'static str>>,
}

impl Radio {
    /// Starts the radio for this network; else says what is wrong.
    pub fn start(radio: WIFI<'static>, ssid: &str, password: &str) -> Result<Self, &'static str> {
        let name = ssid.try_into().map_err(|_| "the name of its wireless network is longer than 32 bytes")?;
        let secret = match password.len() {
            0 => AuthenticationMethodConfig::Open,
            1..LEAST_PASSWORD => return Err("the password of its wireless network is shorter than 8 bytes"),
            _ => AuthenticationMethodConfig::Wpa2Personal(
                password.try_into().map_err(|_| "the password of its wireless network is longer than 64 bytes")?,
            ),
        };
        let station = StationConfig::default().with_ssid(name).with_authentication(secret);
        let config = ControllerConfig::default().with_initial_config(Config::Station(station));
        let controller = WifiController::new(radio, config).map_err(|_| "its radio does not start")?;
        let interface = Interface::try_station().ok_or("its radio is in use")?;
        let state = Rc::new(State::default());
        Ok(Self { interface, joining: Box::pin(stay(controller, Rc::clone(&state))), state })
    }

    /// The chip's address on the air.
    pub fn address(&self) -> [u8; 6] {
        self.interface.mac_address()
    }

    /// Lets the joining go on; whether it is in the network now, and what changed for a person.
    pub fn poll(&mut self) -> (bool, Option<&'static str>) {
        let Poll::Pending = self.joining.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        (self.state.is_joined.get(), self.state.news.take())
    }
}

/// Joins for ever.
async fn stay(mut controller: WifiController<'static>, state: Rc<State>) -> Infallible {
    let mut backoff_ms = BACKOFF_MS.0;
    loop {
        match controller.connect_async().await {
            Ok(_) => {
                state.is_joined.set(true);
                state.news.set(Some("joined the wireless network\n"));
                backoff_ms = BACKOFF_MS.0;
                // However it ends: it is not in the network any more.
                let _ = controller.wait_for_disconnect_async().await;
                state.is_joined.set(false);
                state.news.set(Some("the wireless network is gone\n"));
            }
            Err(error) => state.news.set(Some(reason(&error))),
        }
        let until = Instant::now() + Duration::from_millis(backoff_ms);
        poll_fn(|_| if Instant::now() >= until { Poll::Ready(()) } else { Poll::Pending }).await;
        backoff_ms = (backoff_ms * 2).min(BACKOFF_MS.1);
    }
}

/// Why it could not join, for a person. Never with the password.
fn reason(error: &ConnectionError) -> &'static str {
    match error {
        ConnectionError::Failed(info) => match info.reason {
            DisconnectReason::NoAccessPointFound => "the wireless network is not found; it is looked for again\n",
            DisconnectReason::FourWayHandshakeTimeout
            | DisconnectReason::HandshakeTimeout
            | DisconnectReason::AuthenticationFailed
            | DisconnectReason::MicFailure => {
                "the wireless network refuses the password; deploy again with the right one\n"
            }
            _ => "the wireless network can't be joined; it is tried again\n",
        },
        _ => "the radio can't join the wireless network; it is tried again\n",
    }
}

/// A frame that may be sent.
pub struct Sending(WifiTxToken);

impl phy::TxToken for Sending {
    fn consume<R, F: FnOnce(&mut [u8]) -> R>(self, length: usize, make: F) -> R {
        self.0.consume_token(length, make)
    }
}

/// A frame that has come.
pub struct Received(WifiRxToken);

impl phy::RxToken for Received {
    fn consume<R, F: FnOnce(&[u8]) -> R>(self, take: F) -> R {
        self.0.consume_token(|frame| take(frame))
    }
}

impl phy::Device for Radio {
    type RxToken<'a> = Received;
    type TxToken<'a> = Sending;

    fn receive(&mut self, _: Moment) -> Option<(Received, Sending)> {
        let (received, sending) = self.interface.receive()?;
        Some((Received(received), Sending(sending)))
    }

    fn transmit(&mut self, _: Moment) -> Option<Sending> {
        self.interface.transmit().map(Sending)
    }

    fn capabilities(&self) -> DeviceCapabilities {
        let mut capabilities = DeviceCapabilities::default();
        capabilities.medium = Medium::Ethernet;
        capabilities.max_transmission_unit = MOST_BYTES;
        capabilities.max_burst_size = Some(1);
        capabilities
    }
}
