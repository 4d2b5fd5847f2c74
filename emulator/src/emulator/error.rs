//! Why a project's code or devices are not as its files say.

use nano_edge::{ApiError, PackageError};

use crate::client::ClientError;
use crate::device::DeviceError;
use crate::keys::KeyError;
use crate::project::ProjectError;
use crate::qemu::QemuError;
use crate::sensor::SensorError;

/// Why a project's code or devices are not as its files say.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmulatorError {
    /// Its code can't run where it should: source, caret and hint.
    #[error("{text}")]
    Code {
        /// The function.
        function: String,
        /// For a person.
        text: String,
    },
    /// Its files can't be read.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// They can't be packed.
    #[error("the package can't be made: {0}")]
    Package(#[from] PackageError),
    /// The edge refuses a function.
    #[error("the edge refuses {function}: {}", error.message)]
    Edge {
        /// The function.
        function: String,
        /// Its words.
        error: ApiError,
    },
    /// The edge's logs.
    #[error(transparent)]
    Woof(#[from] nano_woof::Error),
    /// A device's keys.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The operator's token.
    #[error("the operator's token can't be written below .nano: {0}")]
    Operator(std::io::Error),
    /// A device does not start.
    #[error("{device}: {error}")]
    Device {
        /// The device.
        device: String,
        /// Why.
        error: DeviceError,
    },
    /// An emulated board does not start.
    #[error("{device}: {error}")]
    Board {
        /// The device.
        device: String,
        /// Why.
        error: QemuError,
    },
    /// A device is to be emulated that the project doesn't have.
    #[error("the project has no device {device}; its devices are: {devices}")]
    NoDevice {
        /// What was asked for.
        device: String,
        /// What there are.
        devices: String,
    },
    /// A device refuses what its owner asks.
    #[error("{device} refuses {what}: {error}")]
    Refused {
        /// The device.
        device: String,
        /// What was asked.
        what: String,
        /// Its answer.
        error: ClientError,
    },
    /// What a sensor should read.
    #[error(transparent)]
    Sensor(#[from] SensorError),
}
