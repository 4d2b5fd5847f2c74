//! The values that exist without being made: constants, types, exceptions, functions and modules of Python's core.
//!
//! The compiler refers to them by number, the VM implements them; both derive from this table. A change of the order
//! is a change of the instruction set ([`crate::module::ISA_VERSION`]).

use core::fmt;

/// What a builtin is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// `None`, `True`, ..
    Constant,
    /// A type that programs can name.
    Type,
    /// A type without a name in the builtin scope (`list_iterator`).
    HiddenType,
    /// An exception class; its parent.
    Exception(Builtin),
    /// A function.
    Function,
    /// A module.
    Module,
    /// A function or constant of this module.
    Member(Builtin),
}

macro_rules! builtins {
    ($($id:ident $name:literal $category:expr;)*) => {
        /// A builtin value; the number is its position in the table.
        #[allow(missing_docs)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u16)]
        pub enum Builtin { $($id),* }

        const CATEGORIES: &[Category] = {
            use Category::*;
            &[$($category),*]
        };

        /// All names, one behind the other.
        const NAMES: &str = concat!($($name),*);

        /// Where the name of each begins in [`NAMES`], and where the last ends; a quarter of the bytes that slices take.
        #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
        const NAME_STARTS: &[u16] = &{
            let lengths = [$($name.len()),*];
            let mut starts = [0; CATEGORIES.len() + 1];
            let mut index = 0;
            while index < lengths.len() {
                starts[index + 1] = starts[index] + lengths[index] as u16;
                index += 1;
            }
            starts
        };

        /// The builtins as `u16` constants.
        #[allow(non_upper_case_globals)]
        mod id { $(pub(super) const $id: u16 = super::Builtin::$id as u16;)* }

        impl Builtin {
            /// The builtin of a number.
            pub const fn from_id(id: u16) -> Option<Self> {
                match id {
                    $(id::$id => Some(Self::$id),)*
                    _ => None,
                }
            }
        }
    };
}

builtins! {
    None "None" Constant;
    False "False" Constant;
    True "True" Constant;
    Ellipsis "Ellipsis" Constant;
    NotImplemented "NotImplemented" Constant;

    ObjectType "object" Type;
    TypeType "type" Type;
    IntType "int" Type;
    BoolType "bool" Type;
    FloatType "float" Type;
    ComplexType "complex" Type;
    StrType "str" Type;
    BytesType "bytes" Type;
    BytearrayType "bytearray" Type;
    MemoryviewType "memoryview" Type;
    ListType "list" Type;
    TupleType "tuple" Type;
    DictType "dict" Type;
    SetType "set" Type;
    FrozensetType "frozenset" Type;
    RangeType "range" Type;
    SliceType "slice" Type;
    PropertyType "property" Type;
    StaticmethodType "staticmethod" Type;
    ClassmethodType "classmethod" Type;
    SuperType "super" Type;
    EnumerateType "enumerate" Type;
    ZipType "zip" Type;
    MapType "map" Type;
    FilterType "filter" Type;
    ReversedType "reversed" Type;

    NoneTypeType "NoneType" HiddenType;
    EllipsisType "ellipsis" HiddenType;
    NotImplementedTypeType "NotImplementedType" HiddenType;
    FunctionType "function" HiddenType;
    BuiltinFunctionType "builtin_function_or_method" HiddenType;
    MethodDescriptorType "method_descriptor" HiddenType;
    MethodType "method" HiddenType;
    GeneratorType "generator" HiddenType;
    CoroutineType "coroutine" HiddenType;
    ModuleType "module" HiddenType;
    CellType "cell" HiddenType;
    TracebackType "traceback" HiddenType;
    ListIteratorType "list_iterator" HiddenType;
    ListReverseIteratorType "list_reverseiterator" HiddenType;
    TupleIteratorType "tuple_iterator" HiddenType;
    StrIteratorType "str_ascii_iterator" HiddenType;
    BytesIteratorType "bytes_iterator" HiddenType;
    BytearrayIteratorType "bytearray_iterator" HiddenType;
    RangeIteratorType "range_iterator" HiddenType;
    SetIteratorType "set_iterator" HiddenType;
    CallableIteratorType "callable_iterator" HiddenType;
    SequenceIteratorType "iterator" HiddenType;
    DictKeysType "dict_keys" HiddenType;
    DictValuesType "dict_values" HiddenType;
    DictItemsType "dict_items" HiddenType;
    DictKeyIteratorType "dict_keyiterator" HiddenType;
    DictValueIteratorType "dict_valueiterator" HiddenType;
    DictItemIteratorType "dict_itemiterator" HiddenType;
    MappingproxyType "mappingproxy" HiddenType;
    UnionType "types.UnionType" HiddenType;

    BaseException "BaseException" Exception(Builtin::ObjectType);
    BaseExceptionGroup "BaseExceptionGroup" Exception(Builtin::BaseException);
    ExceptionGroup "ExceptionGroup" Exception(Builtin::BaseExceptionGroup);
    SystemExit "SystemExit" Exception(Builtin::BaseException);
    KeyboardInterrupt "KeyboardInterrupt" Exception(Builtin::BaseException);
    GeneratorExit "GeneratorExit" Exception(Builtin::BaseException);
    Exception "Exception" Exception(Builtin::BaseException);
    StopIteration "StopIteration" Exception(Builtin::Exception);
    StopAsyncIteration "StopAsyncIteration" Exception(Builtin::Exception);
    ArithmeticError "ArithmeticError" Exception(Builtin::Exception);
    FloatingPointError "FloatingPointError" Exception(Builtin::ArithmeticError);
    OverflowError "OverflowError" Exception(Builtin::ArithmeticError);
    ZeroDivisionError "ZeroDivisionError" Exception(Builtin::ArithmeticError);
    AssertionError "AssertionError" Exception(Builtin::Exception);
    AttributeError "AttributeError" Exception(Builtin::Exception);
    BufferError "BufferError" Exception(Builtin::Exception);
    EOFError "EOFError" Exception(Builtin::Exception);
    ImportError "ImportError" Exception(Builtin::Exception);
    ModuleNotFoundError "ModuleNotFoundError" Exception(Builtin::ImportError);
    LookupError "LookupError" Exception(Builtin::Exception);
    IndexError "IndexError" Exception(Builtin::LookupError);
    KeyError "KeyError" Exception(Builtin::LookupError);
    MemoryError "MemoryError" Exception(Builtin::Exception);
    NameError "NameError" Exception(Builtin::Exception);
    UnboundLocalError "UnboundLocalError" Exception(Builtin::NameError);
    OSError "OSError" Exception(Builtin::Exception);
    BlockingIOError "BlockingIOError" Exception(Builtin::OSError);
    ConnectionError "ConnectionError" Exception(Builtin::OSError);
    BrokenPipeError "BrokenPipeError" Exception(Builtin::ConnectionError);
    ConnectionAbortedError "ConnectionAbortedError" Exception(Builtin::ConnectionError);
    ConnectionRefusedError "ConnectionRefusedError" Exception(Builtin::ConnectionError);
    ConnectionResetError "ConnectionResetError" Exception(Builtin::ConnectionError);
    FileExistsError "FileExistsError" Exception(Builtin::OSError);
    FileNotFoundError "FileNotFoundError" Exception(Builtin::OSError);
    InterruptedError "InterruptedError" Exception(Builtin::OSError);
    IsADirectoryError "IsADirectoryError" Exception(Builtin::OSError);
    NotADirectoryError "NotADirectoryError" Exception(Builtin::OSError);
    PermissionError "PermissionError" Exception(Builtin::OSError);
    TimeoutError "TimeoutError" Exception(Builtin::OSError);
    ReferenceError "ReferenceError" Exception(Builtin::Exception);
    RuntimeError "RuntimeError" Exception(Builtin::Exception);
    NotImplementedError "NotImplementedError" Exception(Builtin::RuntimeError);
    RecursionError "RecursionError" Exception(Builtin::RuntimeError);
    SyntaxError "SyntaxError" Exception(Builtin::Exception);
    SystemError "SystemError" Exception(Builtin::Exception);
    TypeError "TypeError" Exception(Builtin::Exception);
    ValueError "ValueError" Exception(Builtin::Exception);
    UnicodeError "UnicodeError" Exception(Builtin::ValueError);
    UnicodeDecodeError "UnicodeDecodeError" Exception(Builtin::UnicodeError);
    UnicodeEncodeError "UnicodeEncodeError" Exception(Builtin::UnicodeError);
    UnicodeTranslateError "UnicodeTranslateError" Exception(Builtin::UnicodeError);
    Warning "Warning" Exception(Builtin::Exception);
    DeprecationWarning "DeprecationWarning" Exception(Builtin::Warning);
    RuntimeWarning "RuntimeWarning" Exception(Builtin::Warning);
    UserWarning "UserWarning" Exception(Builtin::Warning);

    Abs "abs" Function;
    All "all" Function;
    Any "any" Function;
    Ascii "ascii" Function;
    Bin "bin" Function;
    Callable "callable" Function;
    Chr "chr" Function;
    Delattr "delattr" Function;
    Dir "dir" Function;
    Divmod "divmod" Function;
    Format "format" Function;
    Getattr "getattr" Function;
    Hasattr "hasattr" Function;
    Hash "hash" Function;
    Hex "hex" Function;
    Id "id" Function;
    Isinstance "isinstance" Function;
    Issubclass "issubclass" Function;
    Iter "iter" Function;
    Len "len" Function;
    Max "max" Function;
    Min "min" Function;
    Next "next" Function;
    Oct "oct" Function;
    Ord "ord" Function;
    Pow "pow" Function;
    Print "print" Function;
    Repr "repr" Function;
    Round "round" Function;
    Setattr "setattr" Function;
    Sorted "sorted" Function;
    Sum "sum" Function;
    Vars "vars" Function;

    Math "math" Module;
    Json "json" Module;
    Time "time" Module;
    Device "device" Module;

    MathPi "pi" Member(Builtin::Math);
    MathE "e" Member(Builtin::Math);
    MathTau "tau" Member(Builtin::Math);
    MathInf "inf" Member(Builtin::Math);
    MathNan "nan" Member(Builtin::Math);
    MathAcos "acos" Member(Builtin::Math);
    MathAcosh "acosh" Member(Builtin::Math);
    MathAsin "asin" Member(Builtin::Math);
    MathAsinh "asinh" Member(Builtin::Math);
    MathAtan "atan" Member(Builtin::Math);
    MathAtan2 "atan2" Member(Builtin::Math);
    MathAtanh "atanh" Member(Builtin::Math);
    MathCbrt "cbrt" Member(Builtin::Math);
    MathCeil "ceil" Member(Builtin::Math);
    MathComb "comb" Member(Builtin::Math);
    MathCopysign "copysign" Member(Builtin::Math);
    MathCos "cos" Member(Builtin::Math);
    MathCosh "cosh" Member(Builtin::Math);
    MathDegrees "degrees" Member(Builtin::Math);
    MathDist "dist" Member(Builtin::Math);
    MathErf "erf" Member(Builtin::Math);
    MathErfc "erfc" Member(Builtin::Math);
    MathExp "exp" Member(Builtin::Math);
    MathExp2 "exp2" Member(Builtin::Math);
    MathExpm1 "expm1" Member(Builtin::Math);
    MathFabs "fabs" Member(Builtin::Math);
    MathFactorial "factorial" Member(Builtin::Math);
    MathFloor "floor" Member(Builtin::Math);
    MathFmod "fmod" Member(Builtin::Math);
    MathFrexp "frexp" Member(Builtin::Math);
    MathFsum "fsum" Member(Builtin::Math);
    MathGamma "gamma" Member(Builtin::Math);
    MathGcd "gcd" Member(Builtin::Math);
    MathHypot "hypot" Member(Builtin::Math);
    MathIsclose "isclose" Member(Builtin::Math);
    MathIsfinite "isfinite" Member(Builtin::Math);
    MathIsinf "isinf" Member(Builtin::Math);
    MathIsnan "isnan" Member(Builtin::Math);
    MathIsqrt "isqrt" Member(Builtin::Math);
    MathLcm "lcm" Member(Builtin::Math);
    MathLdexp "ldexp" Member(Builtin::Math);
    MathLgamma "lgamma" Member(Builtin::Math);
    MathLog "log" Member(Builtin::Math);
    MathLog10 "log10" Member(Builtin::Math);
    MathLog1p "log1p" Member(Builtin::Math);
    MathLog2 "log2" Member(Builtin::Math);
    MathModf "modf" Member(Builtin::Math);
    MathNextafter "nextafter" Member(Builtin::Math);
    MathPerm "perm" Member(Builtin::Math);
    MathPow "pow" Member(Builtin::Math);
    MathProd "prod" Member(Builtin::Math);
    MathRadians "radians" Member(Builtin::Math);
    MathRemainder "remainder" Member(Builtin::Math);
    MathSin "sin" Member(Builtin::Math);
    MathSinh "sinh" Member(Builtin::Math);
    MathSqrt "sqrt" Member(Builtin::Math);
    MathTan "tan" Member(Builtin::Math);
    MathTanh "tanh" Member(Builtin::Math);
    MathTrunc "trunc" Member(Builtin::Math);
    MathUlp "ulp" Member(Builtin::Math);

    JsonDumps "dumps" Member(Builtin::Json);
    JsonLoads "loads" Member(Builtin::Json);
    JSONDecodeError "JSONDecodeError" Exception(Builtin::ValueError);

    TimeTime "time" Member(Builtin::Time);
    TimeTimeNs "time_ns" Member(Builtin::Time);
    TimeMonotonic "monotonic" Member(Builtin::Time);
    TimeMonotonicNs "monotonic_ns" Member(Builtin::Time);
    TimePerfCounter "perf_counter" Member(Builtin::Time);
    TimePerfCounterNs "perf_counter_ns" Member(Builtin::Time);
    TimeSleep "sleep" Member(Builtin::Time);

    DeviceSetPinHigh "set_pin_high" Member(Builtin::Device);
    DeviceSetPinLow "set_pin_low" Member(Builtin::Device);
    DeviceReadPin "read_pin" Member(Builtin::Device);
    DeviceReadAdc "read_adc" Member(Builtin::Device);
    DeviceAppend "append" Member(Builtin::Device);
    DeviceLatest "latest" Member(Builtin::Device);
    DeviceName "name" Member(Builtin::Device);
    DeviceRemainingTime "get_remaining_time_in_millis" Member(Builtin::Device);

    // What statements are compiled to; no program can write these names.
    MatchSequence "match sequence" Function;
    MatchMapping "match mapping" Function;
    MatchKeys "match keys" Function;
    MatchRest "match rest" Function;
    MatchClass "match class" Function;
    Await "await" Function;
    AsyncIter "async iter" Function;
    AsyncNext "async next" Function;
    GroupSplit "group split" Function;
    GroupJoin "group join" Function;

    // What the library in Python asks the machine.
    Machine "_iotpy" Module;
    MachineError "error" Member(Builtin::Machine);
    MachineEnviron "environ" Member(Builtin::Machine);
    MachineHandling "handling" Member(Builtin::Machine);

    ChildProcessError "ChildProcessError" Exception(Builtin::OSError);
    ProcessLookupError "ProcessLookupError" Exception(Builtin::OSError);
    IndentationError "IndentationError" Exception(Builtin::SyntaxError);
    TabError "TabError" Exception(Builtin::IndentationError);
    BytesWarning "BytesWarning" Exception(Builtin::Warning);
    EncodingWarning "EncodingWarning" Exception(Builtin::Warning);
    FutureWarning "FutureWarning" Exception(Builtin::Warning);
    ImportWarning "ImportWarning" Exception(Builtin::Warning);
    PendingDeprecationWarning "PendingDeprecationWarning" Exception(Builtin::Warning);
    ResourceWarning "ResourceWarning" Exception(Builtin::Warning);
    SyntaxWarning "SyntaxWarning" Exception(Builtin::Warning);
    UnicodeWarning "UnicodeWarning" Exception(Builtin::Warning);

    MachineArguments "arguments" Member(Builtin::Machine);
    MachineRequest "request" Member(Builtin::Machine);
    MachineReadLine "read_line" Member(Builtin::Machine);
    MachineParameters "parameters" Member(Builtin::Machine);
    MachinePlaces "places" Member(Builtin::Machine);
    MachineCollections "collections" Member(Builtin::Machine);
    MachineIdentified "identified" Member(Builtin::Machine);
}

impl Builtin {
    /// Its name in Python, without its module.
    pub fn name(self) -> &'static str {
        let place = self as usize;
        let Some(&[start, end]) = NAME_STARTS.get(place..place + 2) else { return "" };
        NAMES.get(usize::from(start)..usize::from(end)).unwrap_or_default()
    }

    /// What it is.
    pub fn category(self) -> Category {
        CATEGORIES.get(self as usize).copied().unwrap_or(Category::Constant)
    }

    /// Is it a type, exceptions included?
    pub fn is_type(self) -> bool {
        matches!(self.category(), Category::Type | Category::HiddenType | Category::Exception(_))
    }

    /// Is it an exception class?
    pub fn is_exception(self) -> bool {
        matches!(self.category(), Category::Exception(_))
    }

    /// The value a program finds under this name in the builtin scope.
    pub fn in_scope(name: &str) -> Option<Self> {
        let is_in_scope = |category| {
            matches!(category, Category::Constant | Category::Type | Category::Exception(_) | Category::Function)
        };
        Self::named(name, is_in_scope).filter(|builtin| *builtin != Self::JSONDecodeError)
    }

    /// The builtin module of this name.
    pub fn module(name: &str) -> Option<Self> {
        Self::named(name, |category| category == Category::Module)
    }

    /// Member `name` of a builtin module.
    pub fn member(module: Self, name: &str) -> Option<Self> {
        if module == Self::Json && name == "JSONDecodeError" {
            return Some(Self::JSONDecodeError);
        }
        Self::named(name, |category| category == Category::Member(module))
    }

    /// The first of this name in such a category.
    fn named(name: &str, is_wanted: impl Fn(Category) -> bool) -> Option<Self> {
        Self::all().find(|builtin| builtin.name() == name && is_wanted(builtin.category()))
    }

    /// All of them, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..CATEGORIES.len() as u16).filter_map(Self::from_id)
    }
}

impl fmt::Display for Builtin {
    /// `len`, `math.sqrt`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.category() {
            Category::Member(module) => write!(f, "{}.{}", module.name(), self.name()),
            _ => write!(f, "{}", self.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_positions_and_names_are_found() {
        for (index, builtin) in Builtin::all().enumerate() {
            assert_eq!(builtin as usize, index);
        }
        assert_eq!(Builtin::in_scope("len"), Some(Builtin::Len));
        assert_eq!(Builtin::in_scope("sqrt"), None);
        assert_eq!(Builtin::in_scope("list_iterator"), None);
        assert_eq!(Builtin::member(Builtin::Math, "sqrt"), Some(Builtin::MathSqrt));
        assert_eq!(Builtin::member(Builtin::Json, "JSONDecodeError"), Some(Builtin::JSONDecodeError));
        assert_eq!(std::format!("{} {}", Builtin::MathSqrt, Builtin::Len), "math.sqrt len");
        assert_eq!(Builtin::from_id(9999), None);
    }
}
