//! Where each name lives: the pass after the walk, over all scopes of a module, outer ones first.

use super::{CLASS_CELL, GLOBALS, LOCALS, Place, ScopeId, ScopeKind, Scopes, Symbol, flag};
use crate::assembler::Register;
use crate::diagnostic::code;
use crate::front::{Problem, Span};
use crate::names;
use nano_wire::builtins::Builtin;
use std::collections::{HashMap, HashSet};

/// Locals a unit may have; the rest of the 250 registers is for what is computed.
pub(crate) const MAX_LOCALS: usize = 220;

/// Register of a class body that holds the cell `__class__`; register 0 is the namespace.
pub(crate) const CLASS_CELL_REGISTER: Register = 1;

/// What the package says about a module.
#[derive(Debug)]
pub(crate) struct Surroundings<'p> {
    /// First global slot of the module.
    pub first_global: u16,
    /// Globals that others bind: the submodules of a package.
    pub bound_outside: &'p [String],
    /// Attributes that are assigned to anything, anywhere.
    pub stored_attributes: &'p HashSet<String>,
    /// Other modules may read this one's globals.
    pub is_shared: bool,
}

/// Where a name was found.
enum Found {
    Global,
    Owner(ScopeId),
}

/// A name of the module's own scope, counted over all scopes that bind it.
#[derive(Default)]
struct Global {
    bindings: u32,
    import: Option<Builtin>,
    place: Option<Place>,
}

/// Gives every symbol its place. Names the module's global slots.
pub(crate) fn resolve(
    scopes: &mut Scopes,
    nonlocals: &[(ScopeId, String, Span)],
    surroundings: &Surroundings<'_>,
) -> Vec<Problem> {
    for id in 0..scopes.all.len() {
        if scopes.all[id].inlined
            && let Some(parent) = scopes.all[id].parent
        {
            scopes.all[id].unit = scopes.all[parent].unit;
        }
    }
    let mut problems = Vec::new();
    for (id, name, span) in nonlocals {
        if matches!(look_up(scopes, scopes.all[*id].parent, name), Found::Global) {
            let message = format!("no binding for nonlocal '{name}' found");
            problems.push(Problem::new(code::NAMES, *span, message));
        }
    }
    find_owners(scopes);
    if scopes.is_made {
        hand_down(scopes);
    }
    let globals = place_globals(scopes, surroundings);
    place(scopes, &globals);
    problems
}

/// Looks a name up from a scope outwards.
fn look_up(scopes: &Scopes, from: Option<ScopeId>, name: &str) -> Found {
    let mut around = from;
    while let Some(id) = around {
        let scope = &scopes.all[id];
        match scope.kind {
            ScopeKind::Module if name == GLOBALS => return Found::Owner(id),
            ScopeKind::Module => break,
            ScopeKind::Class => {
                if name == CLASS_CELL {
                    return Found::Owner(id);
                }
            }
            _ => match scope.symbol(name) {
                Some(symbol) if symbol.is(flag::GLOBAL) => return Found::Global,
                Some(symbol) if symbol.is(flag::BOUND) && !symbol.is(flag::NONLOCAL) => return Found::Owner(id),
                _ => {}
            },
        }
        around = scope.parent;
    }
    Found::Global
}

/// Finds the scope that owns each name, and notes captures along the way.
fn find_owners(scopes: &mut Scopes) {
    for id in 0..scopes.all.len() {
        for index in 0..scopes.all[id].symbols.len() {
            find_owner(scopes, id, index);
        }
    }
}

fn find_owner(scopes: &mut Scopes, id: ScopeId, index: usize) {
    let scope = &scopes.all[id];
    let symbol = &scope.symbols[index];
    let is_own = symbol.is(flag::BOUND) && !symbol.is(flag::NONLOCAL);
    if scope.kind == ScopeKind::Module || symbol.is(flag::GLOBAL) || is_own {
        return;
    }
    let name = symbol.name.clone();
    let is_deleted = symbol.is(flag::DELETED);
    let Found::Owner(owner) = look_up(scopes, scope.parent, &name) else { return };
    scopes.all[id].symbols[index].owner = Some(owner);
    if name == CLASS_CELL {
        scopes.all[owner].class_cell = true;
    }
    let owner_unit = scopes.all[owner].unit;
    let mut unit = scopes.all[id].unit;
    if unit == owner_unit {
        return;
    }
    if let Some(index) = scopes.all[owner].index.get(&name).copied() {
        let symbol = &mut scopes.all[owner].symbols[index];
        symbol.flags |= flag::CAPTURED | if is_deleted { flag::DELETED_INSIDE } else { 0 };
    }
    while unit != owner_unit {
        let free = &mut scopes.all[unit].free;
        if !free.iter().any(|(free, of)| *free == name && *of == owner) {
            free.push((name.clone(), owner));
        }
        let Some(parent) = scopes.all[unit].parent else { break };
        unit = scopes.all[parent].unit;
    }
}

/// Gives a made unit its two parameters, and the first to each scope inside that looks for a name there. A class does
/// in any case, for the name of its module.
fn hand_down(scopes: &mut Scopes) {
    let add = |scopes: &mut Scopes, id: ScopeId, name: &str, flags: u16| {
        let scope = &mut scopes.all[id];
        scope.index.insert(name.to_string(), scope.symbols.len());
        scope.symbols.push(Symbol {
            name: name.to_string(),
            flags,
            bindings: 1,
            first_use: Span::default(),
            import: None,
            owner: None,
            place: Place::Unsupported,
        });
        scope.symbols.len() - 1
    };
    add(scopes, 0, GLOBALS, flag::BOUND | flag::PARAMETER);
    add(scopes, 0, LOCALS, flag::BOUND | flag::PARAMETER);
    for id in 1..scopes.all.len() {
        let looks = (0..scopes.all[id].symbols.len()).any(|index| is_global(scopes, id, index));
        if looks || scopes.all[id].kind == ScopeKind::Class {
            let index = add(scopes, id, GLOBALS, flag::USED);
            find_owner(scopes, id, index);
        }
    }
}

/// Is the name the module's, as seen from this scope?
fn is_global(scopes: &Scopes, id: ScopeId, index: usize) -> bool {
    let scope = &scopes.all[id];
    let symbol = &scope.symbols[index];
    scope.kind == ScopeKind::Module
        || symbol.is(flag::GLOBAL)
        || (symbol.owner.is_none() && (!symbol.is(flag::BOUND) || symbol.is(flag::NONLOCAL)))
}

/// Decides about each global name: a slot, a builtin, or neither.
fn place_globals(scopes: &mut Scopes, surroundings: &Surroundings<'_>) -> HashMap<String, Place> {
    let mut order: Vec<String> = Vec::new();
    let mut globals: HashMap<String, Global> = HashMap::new();
    for name in surroundings.bound_outside {
        order.push(name.clone());
        globals.insert(name.clone(), Global { bindings: 1, ..Global::default() });
    }
    for id in 0..scopes.all.len() {
        for (index, symbol) in scopes.all[id].symbols.iter().enumerate() {
            // A class that binds a name reads the global before it does.
            let in_namespace = scopes.all[id].kind == ScopeKind::Class && symbol.is(flag::BOUND);
            let is_inner = matches!(symbol.name.as_str(), CLASS_CELL | GLOBALS | LOCALS);
            if is_inner || !(is_global(scopes, id, index) || in_namespace) {
                continue;
            }
            if !globals.contains_key(&symbol.name) {
                // A class's own names need no slot unless something else does.
                if in_namespace && !is_global(scopes, id, index) {
                    continue;
                }
                order.push(symbol.name.clone());
            }
            let global = globals.entry(symbol.name.clone()).or_default();
            if is_global(scopes, id, index) && symbol.is(flag::BOUND) {
                global.bindings += symbol.bindings.max(1);
                global.import = global.import.or(symbol.import);
            }
        }
    }
    let mut slots = Vec::new();
    let mut slot = |name: &str| {
        slots.push(name.to_string());
        surroundings.first_global.saturating_add(slots.len() as u16 - 1)
    };
    for name in &order {
        let Some(global) = globals.get_mut(name) else { continue };
        let is_stored = surroundings.is_shared && surroundings.stored_attributes.contains(name);
        global.place = Some(match global.import {
            // `super()` is no matter of names.
            _ if scopes.is_made && (name != "super" || global.bindings > 0) => Place::Dictionary,
            Some(builtin) if global.bindings == 1 && !is_stored => {
                Place::Import(builtin, surroundings.is_shared.then(|| slot(name)))
            }
            _ if global.bindings > 0 => Place::Global(slot(name)),
            _ => match names::builtin(name) {
                Some(builtin) => Place::Builtin(builtin),
                _ if name == "__name__" => Place::ModuleName,
                _ if name == "__file__" => Place::ModuleFile,
                _ if names::unsupported(name).is_some() => Place::Unsupported,
                _ => Place::Global(slot(name)),
            },
        });
    }
    scopes.globals = slots;
    globals.into_iter().filter_map(|(name, global)| Some((name, global.place?))).collect()
}

/// Numbers registers and captured cells, and notes every symbol's place.
fn place(scopes: &mut Scopes, globals: &HashMap<String, Place>) {
    for id in 0..scopes.all.len() {
        let mut next = 0;
        if scopes.all[id].kind == ScopeKind::Class {
            // The namespace, and the cell of `__class__`.
            next = 1 + usize::from(scopes.all[id].class_cell);
        }
        if scopes.all[id].kind == ScopeKind::Generator
            || (scopes.all[id].kind == ScopeKind::Comprehension && !scopes.all[id].inlined)
        {
            // The iterator.
            next = 1;
        }
        for index in 0..scopes.all[id].symbols.len() {
            let scope = &scopes.all[id];
            let symbol = &scope.symbols[index];
            let place = if let Some(owner) = symbol.owner {
                if symbol.name == CLASS_CELL && owner == scope.unit {
                    Place::Cell(CLASS_CELL_REGISTER)
                } else if scopes.all[owner].unit == scope.unit {
                    // Owners come before the scopes inside them.
                    scopes.all[owner].symbol(&symbol.name).map_or(Place::Unsupported, |symbol| symbol.place)
                } else {
                    let free = &scopes.all[scope.unit].free;
                    let number = free.iter().position(|(name, of)| *name == symbol.name && *of == owner);
                    Place::Free(number.unwrap_or(0).min(255) as u8)
                }
            } else if id == 0 && scopes.is_made && matches!(symbol.name.as_str(), GLOBALS | LOCALS) {
                let register = Register::from(symbol.name == LOCALS);
                next += 1;
                if symbol.is(flag::CAPTURED) { Place::Cell(register) } else { Place::Local(register) }
            } else if is_global(scopes, id, index) {
                globals.get(&symbol.name).copied().unwrap_or(Place::Unsupported)
            } else if scope.kind == ScopeKind::Class {
                let slot = match globals.get(&symbol.name) {
                    Some(Place::Global(slot) | Place::Import(_, Some(slot))) => Some(*slot),
                    _ => None,
                };
                Place::Namespace(slot)
            } else if scope.inlined {
                Place::Inline
            } else {
                let register = next.min(MAX_LOCALS) as Register;
                next += 1;
                match symbol.import {
                    Some(builtin) if symbol.bindings == 1 && !symbol.is(flag::CAPTURED) => {
                        next -= 1;
                        Place::Import(builtin, None)
                    }
                    _ if symbol.is(flag::CAPTURED) => Place::Cell(register),
                    _ => Place::Local(register),
                }
            };
            scopes.all[id].symbols[index].place = place;
        }
        scopes.all[id].locals = next;
    }
}
