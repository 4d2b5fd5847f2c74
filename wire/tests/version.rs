//! Modules hold numbers of opcodes and builtins. A device whose tables give them another meaning would run a module
//! wrongly, so a change of the tables is a change of the version, which devices compare.

use nano_wire::builtins::Builtin;
use nano_wire::isa::TABLE;
use nano_wire::module::ISA_VERSION;

/// The version, and the FNV-1a hash of the tables that belong to it.
const KNOWN: (u16, u64) = (6, 0xd52a_b8c6_19c0_aa88);

#[test]
fn a_change_of_the_tables_is_a_change_of_the_version() {
    let opcodes =
        TABLE.iter().map(|shape| format!("{} {:?} {:?}\n", shape.opcode.mnemonic(), shape.operands, shape.extra));
    let builtins = Builtin::all().map(|builtin| format!("{} {:?}\n", builtin.name(), builtin.category()));
    let text: String = opcodes.chain(builtins).collect();
    let hash = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    assert_eq!(
        (ISA_VERSION, format!("{hash:#x}")),
        (KNOWN.0, format!("{:#x}", KNOWN.1)),
        "raise ISA_VERSION by one and write both here"
    );
}
