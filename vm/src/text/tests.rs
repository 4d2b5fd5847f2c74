//! Unit tests of what Python programs can't see: how builders grow, and what is left in the arena.

use super::TextBuilder;
use crate::testing::with_vm;
use crate::vm::{Limits, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;
use std::format;
use std::string::{String, ToString as _};
use std::vec::Vec;

fn text(vm: &Vm<'_>, value: Value) -> String {
    vm.text(value).to_string()
}

#[test]
fn a_builder_grows_behind_others() {
    with_vm(16 << 10, |vm| {
        let mark = vm.mark();
        let mut first = TextBuilder::new(vm, 0).unwrap();
        let mut second = TextBuilder::bytes(vm, 1).unwrap();
        let mut expected = String::new();
        for index in 0..300 {
            first.push_fmt(vm, format_args!("{index},")).unwrap();
            second.push_byte(vm, index as u8).unwrap();
            expected += &index.to_string();
            expected.push(',');
        }
        first.push_char(vm, '€').unwrap();
        let bytes = second.finish(vm);
        let bytes = vm.root(bytes).unwrap();
        let made = first.finish(vm);
        assert_eq!(text(vm, made), expected + "€");
        assert!(!vm.is_ascii(made));
        assert_eq!(vm.bytes(vm.get(bytes)), (0..300).map(|index| index as u8).collect::<Vec<_>>());
        vm.release(mark);
    });
}

#[test]
fn a_builder_of_all_memory_raises() {
    with_vm(4 << 10, |vm| {
        let mut out = TextBuilder::new(vm, 0).unwrap();
        let result = (0..10_000).try_for_each(|_| out.push_str(vm, "0123456789"));
        assert!(result.is_err());
        assert!(vm.raised_is(Builtin::MemoryError));
        assert!(out.len() > 500, "only {} bytes", out.len());
    });
}

#[test]
fn finishing_gives_back_what_was_not_used() {
    with_vm(16 << 10, |vm| {
        let before = vm.heap_top;
        let mut out = TextBuilder::new(vm, 4000).unwrap();
        out.push_str(vm, "abc").unwrap();
        out.truncate(vm, 2);
        let made = out.finish_and_release(vm);
        assert_eq!(text(vm, made), "ab");
        assert_eq!(vm.word(made, 1), u32::from_le_bytes(*b"ab\0\0"), "padding is zero");
        assert!(vm.limits.stress || vm.heap_top - before <= 16);
    });
}

#[test]
fn gaps_are_made_in_place() {
    with_vm(8 << 10, |vm| {
        let mut out = TextBuilder::new(vm, 0).unwrap();
        out.push_str(vm, "12").unwrap();
        out.insert(vm, 1, 30, b'0').unwrap();
        out.push_repeated(vm, 'é', 2).unwrap();
        let made = out.finish(vm);
        assert_eq!(text(vm, made), format!("1{}2éé", "0".repeat(30)));
    });
}

#[test]
fn floats_are_written_as_cpython_writes_them() {
    let cases = [
        (0.0, "0.0"),
        (-0.0, "-0.0"),
        (1.0, "1.0"),
        (-1.5, "-1.5"),
        (0.1, "0.1"),
        (1e15, "1000000000000000.0"),
        (9007199254740993.0, "9007199254740992.0"),
        (1e16, "1e+16"),
        (1.5e16, "1.5e+16"),
        (123456789012345680.0, "1.2345678901234568e+17"),
        (0.0001, "0.0001"),
        (0.00012345, "0.00012345"),
        (0.00001, "1e-05"),
        (1.25e-7, "1.25e-07"),
        (5e-324, "5e-324"),
        (f64::MAX, "1.7976931348623157e+308"),
        (f64::INFINITY, "inf"),
        (f64::NEG_INFINITY, "-inf"),
        (f64::NAN, "nan"),
        (-f64::NAN, "nan"),
    ];
    with_vm(8 << 10, |vm| {
        for (number, expected) in cases {
            let mark = vm.mark();
            let mut out = TextBuilder::new(vm, 0).unwrap();
            vm.float_to_text(number, &mut out).unwrap();
            let made = out.finish(vm);
            assert_eq!(text(vm, made), expected);
            vm.release(mark);
        }
    });
}

#[test]
fn a_repr_that_fails_leaves_no_records() {
    with_vm(16 << 10, |vm| {
        let mark = vm.mark();
        let mut nested = vm.new_list_with(0).unwrap();
        for _ in 0..20 {
            let item = vm.root(nested).unwrap();
            let list = vm.new_list_with(1).unwrap();
            let list = vm.root(list).unwrap();
            vm.list_push(list, item).unwrap();
            nested = vm.get(list);
            vm.release(mark);
        }
        let nested = vm.root(nested).unwrap();
        let made = vm.repr(vm.get(nested)).unwrap();
        assert_eq!(text(vm, made), format!("{}{}", "[".repeat(21), "]".repeat(21)));
        vm.limits = Limits { recursion: 10, ..vm.limits };
        assert!(vm.repr(vm.get(nested)).is_err());
        assert!(vm.raised_is(Builtin::RecursionError));
        assert_eq!(vm.repr_chain, 0);
    });
}

#[test]
fn quotes_and_escapes() {
    let cases = [
        ("", "''"),
        ("it's", "\"it's\""),
        ("\"'", "'\"\\''"),
        ("\t\n\r\\\0\x7f", "'\\t\\n\\r\\\\\\x00\\x7f'"),
        ("é€😀", "'é€😀'"),
        ("\u{a0}\u{200b}\u{e0001}", "'\\xa0\\u200b\\U000e0001'"),
    ];
    with_vm(8 << 10, |vm| {
        for (given, expected) in cases {
            let mark = vm.mark();
            let value = vm.new_str(given).unwrap();
            let made = vm.repr(value).unwrap();
            assert_eq!(text(vm, made), expected);
            vm.release(mark);
        }
    });
}
