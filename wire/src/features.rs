//! Parts of the VM that a board may leave out of its firmware: Cargo features of `nano-vm`, and what programs use them by.
//!
//! A module that uses what the VM at hand lacks is refused when it is loaded; the edge and `nano build --target` look
//! before anything is sent. What a method belongs to is known only when it runs, so a module uses one of those here when it
//! reads an attribute of that name and nothing in the program is called so itself. Where that sees too little, the method
//! is there and raises `NotImplementedError` that names the feature.

use crate::builtins::Builtin;
use core::fmt;

/// What is behind one of the features.
struct Entry {
    feature: Feature,
    name: &'static str,
    /// Builtins that are in it.
    builtins: &'static [Builtin],
    /// Methods of builtin types that are in it, and whose names no builtin type outside of it has.
    methods: &'static [&'static str],
}

macro_rules! features {
    ($($id:ident $name:literal $about:literal [$($builtin:ident),*] [$($method:literal),*];)*) => {
        /// A part of the VM that can be left out.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub enum Feature { $(#[doc = $about] $id),* }

        const TABLE: &[Entry] = &[$(Entry {
            feature: Feature::$id,
            name: $name,
            builtins: &[$(Builtin::$builtin),*],
            methods: &[$($method),*],
        }),*];

        const ABOUT: &[&str] = &[$($about),*];
    };
}

features! {
    MathTrigonometry "math-trigonometry" "sin, cos, tan and their inverses, of `math`"
        [MathAcos, MathAsin, MathAtan, MathAtan2, MathCos, MathSin, MathTan] [];
    MathSpecial "math-special" "hyperbolic functions, cbrt, exp2, expm1, log1p, erf and gamma with their kin, of `math`"
        [MathAcosh, MathAsinh, MathAtanh, MathCbrt, MathCosh, MathErf, MathErfc, MathExp2, MathExpm1, MathGamma,
         MathLgamma, MathLog1p, MathSinh, MathTanh] [];
    MathInteger "math-integer" "comb, factorial, gcd, isqrt, lcm and perm, of `math`"
        [MathComb, MathFactorial, MathGcd, MathIsqrt, MathLcm, MathPerm] [];
    MathSums "math-sums" "dist, fsum, hypot and prod, of `math`"
        [MathDist, MathFsum, MathHypot, MathProd] [];
    PowModulo "pow-modulo" "pow() with three arguments" [] [];
    IntBytes "int-bytes" "int.to_bytes and int.from_bytes" [] ["to_bytes", "from_bytes"];
    FloatHex "float-hex" "float.hex and float.fromhex" [] [];
    StrFormat "str-format" "str.format and str.format_map" [] ["format", "format_map"];
    StrTranslate "str-translate" "translate and maketrans, of text and bytes" [] ["translate", "maketrans"];
    StrLayout "str-layout" "center, ljust, rjust, zfill, expandtabs, splitlines, capitalize, swapcase, title, istitle, of text and bytes" []
        ["center", "ljust", "rjust", "zfill", "expandtabs", "splitlines", "capitalize", "swapcase", "title", "istitle"];
    PercentFormat "percent-format" "formatting of text and bytes by %" [] [];
    Unicode "unicode" "case and classes of characters beyond ASCII" [] [];
    Bytearray "bytearray" "bytearray; bytes() with arguments, hex and fromhex of bytes" [BytearrayType] [];
    Match "match" "match statements" [MatchSequence, MatchMapping, MatchKeys, MatchRest, MatchClass] [];
    Async "async" "coroutines: async def, await, async for" [Await, AsyncIter, AsyncNext] [];
    ExceptionGroups "exception-groups" "exception groups and except*"
        [BaseExceptionGroup, ExceptionGroup, GroupSplit, GroupJoin] [];
    Introspection "introspection" "dir(), vars(), signatures and cells of functions, types.MethodType, weak references"
        [Dir, Vars, MachineCollections, MachineIdentified, MachineParameters, MethodType] ["__closure__", "cell_contents"];
    Services "services" "what boto3 and input() ask of the host" [MachineRequest, MachineReadLine] [];
    Snapshot "snapshot" "starts from the arena that a build has left; without it the top level runs" [] [];
    MathExponential "math-exponential" "exp, the logarithms and pow of `math`, and ** of floats"
        [MathExp, MathLog, MathLog10, MathLog2, MathPow] [];
    Sets "sets" "set, frozenset, and the operators of dicts' views that give sets" [SetType, FrozensetType] [];
    Codecs "codecs" "codecs beyond UTF-8 and ASCII, and errors= other than strict" [] [];
    Generators "generators" "functions with yield, and generator expressions" [] [];
    Classes "classes" "class statements, type() with three arguments, attributes that are set or describe code, special methods called by name"
        [PropertyType, StaticmethodType, ClassmethodType, SuperType, Setattr, Delattr]
        ["add_note", "__args__", "__bases__", "__defaults__", "__func__", "__mro__", "__self__"];
    LongIntegers "long-integers" "integers beyond 64 bits" [] [];
    Messages "messages" "texts of the exceptions that the VM itself raises; without it they have none" [] [];
    FormatSpec "format-spec" "specifications of formats: f'{x:5.2f}', format()" [Format] [];
    Device "device" "the module `device`: pins, analogue channels, logs"
        [DeviceAppend, DeviceLatest, DeviceReadAdc, DeviceReadPin, DeviceSetPinHigh, DeviceSetPinLow] [];
    Time "time" "the module `time`"
        [TimeMonotonic, TimeMonotonicNs, TimePerfCounter, TimePerfCounterNs, TimeSleep, TimeTime, TimeTimeNs] [];
    StrPredicates "str-predicates" "isalpha and its kin, of text and bytes" []
        ["isalnum", "isalpha", "isascii", "isdecimal", "isdigit", "isidentifier", "islower", "isnumeric", "isprintable",
         "isspace", "isupper"];
    StrParts "str-parts" "partition, rpartition, removeprefix, removesuffix, of text and bytes" []
        ["partition", "rpartition", "removeprefix", "removesuffix"];
    Slices "slices" "slices with a step, and those that are set or deleted" [SliceType] [];
}

impl Feature {
    /// Its name, of the Cargo feature.
    pub fn name(self) -> &'static str {
        TABLE.get(self as usize).map_or("", |entry| entry.name)
    }

    /// What it is, in a few words.
    pub fn about(self) -> &'static str {
        ABOUT.get(self as usize).copied().unwrap_or("")
    }

    /// The feature of a name.
    pub fn named(name: &str) -> Option<Self> {
        TABLE.iter().find(|entry| entry.name == name).map(|entry| entry.feature)
    }

    /// The feature that a builtin is in.
    pub fn of_builtin(builtin: Builtin) -> Option<Self> {
        TABLE.iter().find(|entry| entry.builtins.contains(&builtin)).map(|entry| entry.feature)
    }

    /// The feature that all methods of this name are in.
    pub fn of_method(name: &str) -> Option<Self> {
        TABLE.iter().find(|entry| entry.methods.contains(&name)).map(|entry| entry.feature)
    }

    /// Its builtins.
    pub fn builtins(self) -> &'static [Builtin] {
        TABLE.get(self as usize).map_or(&[], |entry| entry.builtins)
    }

    /// Names of its methods.
    pub fn methods(self) -> &'static [&'static str] {
        TABLE.get(self as usize).map_or(&[], |entry| entry.methods)
    }

    /// All of them, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|entry| entry.feature)
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A set of features, one bit each, as it travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Features(pub u32);

impl Features {
    /// None of them.
    pub const NONE: Self = Self(0);
    /// All of them.
    pub const ALL: Self = Self(u32::MAX >> (u32::BITS as usize - TABLE.len()));

    /// With this one, where `given`.
    #[must_use]
    pub const fn with(self, feature: Feature, given: bool) -> Self {
        Self(self.0 | (given as u32) << feature as u8)
    }

    /// Is it among them?
    pub const fn has(self, feature: Feature) -> bool {
        self.0 >> feature as u8 & 1 != 0
    }

    /// Those that the other set lacks.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Are there none?
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Feature> {
        Feature::all().filter(move |feature| self.has(*feature))
    }

    /// Those of these names; the first that is no feature's is the error.
    pub fn named<'n>(names: impl IntoIterator<Item = &'n str>) -> Result<Self, &'n str> {
        names.into_iter().try_fold(Self::NONE, |set, name| Ok(set.with(Feature::named(name).ok_or(name)?, true)))
    }
}

impl fmt::Display for Features {
    /// `math-special, unicode`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, feature) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(", ")?;
            }
            f.write_str(feature.name())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;
    use std::vec::Vec;

    #[test]
    fn numbers_are_positions_and_names_are_found() {
        for (index, feature) in Feature::all().enumerate() {
            assert_eq!(feature as usize, index);
            assert_eq!(Feature::named(feature.name()), Some(feature));
            assert!(!feature.about().is_empty());
        }
        assert_eq!(Feature::named("Unicode"), None);
        assert_eq!(Feature::of_builtin(Builtin::MathErf), Some(Feature::MathSpecial));
        assert_eq!(Feature::of_builtin(Builtin::MathSqrt), None);
        assert_eq!(Feature::of_method("translate"), Some(Feature::StrTranslate));
        assert_eq!(Feature::of_method("join"), None);
    }

    #[test]
    fn nothing_is_in_two_features() {
        let builtins: Vec<Builtin> = Feature::all().flat_map(|feature| feature.builtins().iter().copied()).collect();
        let methods: Vec<&str> = Feature::all().flat_map(|feature| feature.methods().iter().copied()).collect();
        for (index, builtin) in builtins.iter().enumerate() {
            assert!(!builtins[..index].contains(builtin), "{builtin}");
        }
        for (index, method) in methods.iter().enumerate() {
            assert!(!methods[..index].contains(method), "{method}");
        }
    }

    #[test]
    fn sets_are_written_and_read_by_name() {
        let set = Features::named(["unicode", "match"]).unwrap();
        assert_eq!(set.to_string(), "unicode, match");
        assert_eq!(Features::named(["match", "goto"]), Err("goto"));
        assert_eq!(Features::ALL.iter().count(), Feature::all().count());
        assert_eq!(Features::ALL.without(set).iter().count(), Feature::all().count() - 2);
        assert!(set.without(Features::ALL).is_empty());
        assert!(set.has(Feature::Match) && !set.has(Feature::Async));
    }
}
