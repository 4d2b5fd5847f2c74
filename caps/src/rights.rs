//! The table of rights and, being the same list, of operations.

use core::{
    fmt,
    ops::{BitAnd, BitOr, Not, Sub},
    str::FromStr,
};

use crate::Error;

/// One row a right: its bit, its name, whether its operation demands a 16-byte tag.
macro_rules! rights {
    ($($(#[$doc:meta])* $variant:ident = $bit:literal $name:literal $tag:ident,)+) => {
        /// A right; also the operation that needs exactly this right.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Right {
            $($(#[$doc])* $variant = $bit,)+
        }

        impl Right {
            /// All rights, by bit.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The name in capitals, as the format's table has it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// Whether an 8-byte tag is refused for this operation (CAPABILITY format, section 1).
            pub const fn demands_wide_tag(self) -> bool {
                match self { $(Self::$variant => rights!(@ $tag),)+ }
            }
        }
    };
    (@ short) => { false };
    (@ wide) => { true };
}

rights! {
    /// Read a record.
    Get = 0 "GET" short,
    /// Append a record.
    Put = 1 "PUT" short,
    /// Append a record and run the log's handler.
    Exec = 2 "EXEC" short,
    /// Create a log.
    MkWoof = 3 "MKWOOF" short,
    /// Drop a log.
    Drop = 4 "DROP" short,
    /// Create a namespace.
    MkNs = 5 "MKNS" short,
    /// Latest sequence number, list of logs.
    Stat = 6 "STAT" short,
    /// Install a function.
    Install = 7 "INSTALL" wide,
    /// Mint identities below this frame.
    MintId = 8 "MINTID" short,
    /// Set the device's time or a lane's last sequence number.
    SeqFix = 9 "SEQFIX" wide,
    /// Revoke.
    Revoke = 10 "REVOKE" wide,
    /// Let the device flatten a capability.
    Flatten = 11 "FLATTEN" wide,
    /// Update the firmware.
    Update = 12 "UPDATE" wide,
    /// Set limits of a function or log.
    Limit = 13 "LIMIT" short,
}

/// An operation. Every operation needs exactly the right of its name, so both are one table: code = bit + 1.
pub type Op = Right;

impl Right {
    /// Those whose operation demands a 16-byte tag.
    pub(crate) const WIDE_TAGS: Rights = {
        let (mut bits, mut bit) = (0, 0);
        while bit < Self::ALL.len() {
            #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
            if Self::ALL[bit].demands_wide_tag() {
                bits |= 1 << bit;
            }
            bit += 1;
        }
        Rights(bits)
    };

    /// The operation's code on the wire: bit + 1.
    pub const fn code(self) -> u8 {
        self as u8 + 1
    }

    /// The operation with this code.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.get(usize::from(code).checked_sub(1)?).copied()
    }

    /// The right with this name, in any case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|right| right.name().eq_ignore_ascii_case(name))
    }
}

impl fmt::Display for Right {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of rights: 14 bits, the reserved two are always 0.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Rights(u16);

impl Rights {
    /// No right at all: what an identity token's GRANT carries.
    pub const NONE: Self = Self(0);
    /// All 14.
    pub const ALL: Self = Self(0x3FFF);

    /// From the wire. The reserved bits stand for no operation, so they are dropped.
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits & Self::ALL.0)
    }

    /// As on the wire.
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Whether `right` is among them.
    pub const fn has(self, right: Right) -> bool {
        self.0 & (1 << right as u8) != 0
    }

    /// Whether the right of this bit is among them.
    pub(crate) const fn has_bit(self, bit: u8) -> bool {
        bit < 16 && self.0 >> bit & 1 != 0
    }

    /// Whether all of `other` are among them.
    pub const fn contains(self, other: Self) -> bool {
        other.0 & !self.0 == 0
    }

    /// Whether there are none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The rights, by bit.
    pub fn iter(self) -> impl Iterator<Item = Right> {
        Right::ALL.iter().copied().filter(move |right| self.has(*right))
    }
}

impl From<Right> for Rights {
    fn from(right: Right) -> Self {
        Self(1 << right as u8)
    }
}

impl FromIterator<Right> for Rights {
    fn from_iter<I: IntoIterator<Item = Right>>(rights: I) -> Self {
        rights.into_iter().fold(Self::NONE, |all, right| all | right)
    }
}

impl<R: Into<Self>> BitOr<R> for Rights {
    type Output = Self;
    fn bitor(self, other: R) -> Self {
        Self(self.0 | other.into().0)
    }
}

impl<R: Into<Rights>> BitOr<R> for Right {
    type Output = Rights;
    fn bitor(self, other: R) -> Rights {
        Rights::from(self) | other.into()
    }
}

impl BitAnd for Rights {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Sub for Rights {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

impl Not for Rights {
    type Output = Self;
    fn not(self) -> Self {
        Self::ALL - self
    }
}

/// `GET|PUT`, `none` when empty.
impl fmt::Display for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("none");
        }
        for (index, right) in self.iter().enumerate() {
            if index > 0 {
                f.write_str("|")?;
            }
            f.write_str(right.name())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rights({self})")
    }
}

/// Names in any case joined by `|`, `,` or `+`; also `all` and `none`.
impl FromStr for Rights {
    type Err = Error;
    fn from_str(text: &str) -> Result<Self, Error> {
        let mut rights = Self::NONE;
        for name in text.split(['|', ',', '+']).map(str::trim) {
            if name.eq_ignore_ascii_case("all") {
                rights = Self::ALL;
            } else if !name.eq_ignore_ascii_case("none") {
                rights = rights | Right::from_name(name).ok_or(Error::RightName)?;
            }
        }
        Ok(rights)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::string::ToString;

    use super::*;

    #[test]
    fn the_table_is_by_bit() {
        for (bit, right) in Right::ALL.iter().enumerate() {
            assert_eq!(*right as usize, bit);
            assert_eq!(Right::from_code(right.code()), Some(*right));
            assert_eq!(Right::from_name(right.name()), Some(*right));
        }
        assert_eq!(Right::ALL.iter().copied().collect::<Rights>(), Rights::ALL);
        for code in [0, 15, 16, 255] {
            assert_eq!(Right::from_code(code), None);
        }
        let wide: Rights = Right::ALL.iter().copied().filter(|right| right.demands_wide_tag()).collect();
        assert_eq!(wide.to_string(), "INSTALL|SEQFIX|REVOKE|FLATTEN|UPDATE");
    }

    #[test]
    fn text_there_and_back() {
        let rights = Right::Get | Right::Stat;
        assert_eq!("get,stat".parse(), Ok(rights));
        assert_eq!("GET | STAT".parse(), Ok(rights));
        assert_eq!(rights.to_string().parse(), Ok(rights));
        assert_eq!("none".parse(), Ok(Rights::NONE));
        assert_eq!("all".parse(), Ok(Rights::ALL));
        assert_eq!("get,".parse::<Rights>(), Err(Error::RightName));
        assert_eq!("read".parse::<Rights>(), Err(Error::RightName));
    }

    #[test]
    fn reserved_bits_are_dropped() {
        assert_eq!(Rights::from_bits(0xFFFF), Rights::ALL);
        assert_eq!((!Rights::NONE).bits(), 0x3FFF);
    }
}
