//! The end of a class body: the class is made of its namespace.

use crate::error::Outcome;
use crate::kind::kind;
use crate::vm::{Args, Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::isa::Instruction;
use nano_wire::module::NONE;
use nano_wire::value::Value;

impl Vm<'_> {
    /// A name in `__slots__` can't be bound in the class itself.
    fn check_slots(&mut self, class: Root) -> Outcome<()> {
        let Some(slots) = self.own_entry(self.get(class), "__slots__") else { return Ok(()) };
        let mark = self.mark();
        let slots = if self.kind(slots) == kind::STR { self.new_tuple_of(slots)? } else { self.list_from(slots)? };
        let dict = self.field(self.get(class), crate::class::field::DICT);
        for slot in self.items(slots) {
            if self.kind(*slot) == kind::STR && self.dict_get_str(dict, *slot).is_some() {
                let name = self.name_line(*slot);
                return self.raise_fmt(
                    Builtin::ValueError,
                    format_args!("'{name}' in __slots__ conflicts with class variable"),
                );
            }
        }
        self.release(mark);
        Ok(())
    }

    fn new_tuple_of(&mut self, item: Value) -> Outcome<Value> {
        let args = self.root_all(&[item])?;
        self.new_tuple(args)
    }

    /// Makes the class whose body has just returned.
    pub(crate) fn finish_class(
        &mut self,
        cell: Root,
        namespace: Root,
        back: u32,
        base: u32,
        record: u32,
    ) -> Outcome<Value> {
        self.must_have(Feature::Classes)?;
        let image = self.image;
        let Some(instruction) = image.code.get(back.wrapping_sub(2) as usize..).and_then(Instruction::decode) else {
            return self.wrong_register();
        };
        if !self.is(self.get(namespace), kind::DICT) {
            return self.wrong_register();
        }
        let caller = base - (record >> 13 & 511) * 4;
        let name = image.constant(instruction.extra as u16);
        let keywords = (instruction.extra >> 16) as u16;
        let named = if keywords == NONE { 0 } else { self.length(image.constant(keywords)) };
        let bases = u32::from(instruction.b).saturating_sub(named);
        let first = caller + (u32::from(instruction.a) + 3) * 4;
        let tuple = self.new_tuple(Args { base: first, count: bases })?;
        let (bases_root, name) = self.root2(tuple, name)?;
        let class = self.new_class(name, bases_root, namespace)?;
        let class = self.root(class)?;
        self.check_slots(class)?;
        let cell_value = self.get(cell);
        if self.is(cell_value, kind::CELL) {
            let class = self.get(class);
            self.set_field(cell_value, 0, class);
        }
        self.name_descriptors(class)?;
        let keyword_values = Args { base: first + bases * 4, count: named };
        let names = if named == 0 { Value::UNBOUND } else { image.constant(keywords) };
        self.init_subclass(class, keyword_values, names)?;
        Ok(self.get(class))
    }
}
