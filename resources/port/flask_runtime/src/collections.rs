//! The methods of lists, tuples, dictionaries and sets.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::rc::Rc;

use indexmap::IndexSet;

use crate::errors::{Exc, raise};
use crate::iteration::{elements, iter};
use crate::native::{Kw, bind, exactly, needed, no_attribute, type_error, value_error};
use crate::value::{
    Dict, DictKind, Map, Set, Str, dict_of_kind, hashable, list, map_value, set_from, text, tuple,
};
use crate::{R, Value, args, ops, order};

type Items = Rc<RefCell<Vec<Value>>>;

/// Values in order, as `sorted()` puts them.
pub(crate) fn sort(mut items: Vec<Value>, key: &Value, reverse: bool) -> R<Vec<Value>> {
    sort_in_place(&mut items, key, reverse)?;
    Ok(items)
}

/// As `list.sort()`: where a comparison raises, values are left as far in order as they had come.
fn sort_in_place(items: &mut Vec<Value>, key: &Value, reverse: bool) -> R<()> {
    let mut keyed = Vec::with_capacity(items.len());
    for item in items.iter() {
        let by = if key.is_none() { item.clone() } else { key.call(args![item])? };
        keyed.push((by, item.clone()));
    }
    if reverse {
        keyed.reverse();
    }
    let outcome = merge_sort(&mut keyed);
    if reverse {
        keyed.reverse();
    }
    *items = keyed.into_iter().map(|(_, item)| item).collect();
    outcome
}

/// How many are sorted by insertion.
const FEW: usize = 64;

fn less(a: &(Value, Value), b: &(Value, Value)) -> R<bool> {
    Ok(order::compare("<", &a.0, &b.0)? == Some(Ordering::Less))
}

/// As Python sorts few: what is in order at the start is taken as it is, then each is inserted. So
/// the comparison that fails first is the same one.
fn insertion_sort(items: &mut [(Value, Value)]) -> R<()> {
    let mut run = items.len().min(2);
    if run == 2 {
        let falling = less(&items[1], &items[0])?;
        while run < items.len() && less(&items[run], &items[run - 1])? == falling {
            run += 1;
        }
        if falling {
            items[..run].reverse();
        }
    }
    for place in run..items.len() {
        let (mut low, mut high) = (0, place);
        while low < high {
            let middle = low + (high - low) / 2;
            if less(&items[place], &items[middle])? {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        items[low..=place].rotate_right(1);
    }
    Ok(())
}

/// Sorted by the first of each pair; equal ones keep their order. Only `<` is asked, as Python does,
/// and whatever order that gives is no reason to panic.
fn merge_sort(items: &mut Vec<(Value, Value)>) -> R<()> {
    if items.len() < FEW {
        return insertion_sort(items);
    }
    let mut second = items.split_off(items.len() / 2);
    let mut first = std::mem::take(items);
    let mut outcome = merge_sort(&mut first).and_then(|()| merge_sort(&mut second));
    let (mut first, mut second) = (first.into_iter().peekable(), second.into_iter().peekable());
    while let (Ok(()), Some(a), Some(b)) = (&outcome, first.peek(), second.peek()) {
        match less(b, a) {
            Ok(smaller) => items.extend(if smaller { second.next() } else { first.next() }),
            Err(error) => outcome = Err(error),
        }
    }
    items.extend(first.chain(second));
    outcome
}

pub(crate) fn list_method(items: &Items, name: &str, args: &[Value], kw: Kw) -> R {
    match name {
        "append" => {
            let [item] = exactly("list.append", args, kw)?;
            items.borrow_mut().push(item.clone());
        }
        "extend" => {
            let [more] = exactly("list.extend", args, kw)?;
            let more = elements(more)?;
            items.borrow_mut().extend(more);
        }
        "insert" => {
            let [at, item] = exactly("list.insert", args, kw)?;
            insert(items, at, item.clone())?;
        }
        "remove" => {
            let [item] = exactly("list.remove", args, kw)?;
            let found = position(&items.borrow(), item);
            let at = found.ok_or_else(|| value_error("list.remove(x): x not in list"))?;
            items.borrow_mut().remove(at);
        }
        "pop" => return pop(items, args),
        "clear" => items.borrow_mut().clear(),
        "reverse" => items.borrow_mut().reverse(),
        "sort" => {
            let [key, reverse] = bind("sort", ["key", "reverse"], &[], kw)?;
            let mut taken = std::mem::take(&mut *items.borrow_mut());
            let reverse = reverse.is_some_and(|value| value.truth());
            let outcome = sort_in_place(&mut taken, &key.unwrap_or_default(), reverse);
            *items.borrow_mut() = taken;
            outcome?;
        }
        "copy" => return Ok(list(items.borrow().clone())),
        "index" => return index(&items.borrow(), args, "list"),
        "count" => return Ok(count(&items.borrow(), args)),
        _ => return Err(no_attribute("list", name)),
    }
    Ok(Value::None)
}

fn position(items: &[Value], wanted: &Value) -> Option<usize> {
    items.iter().position(|item| item == wanted)
}

fn insert(items: &Items, at: &Value, item: Value) -> R<()> {
    let at = at.as_int().ok_or_else(|| {
        type_error(format!("'{}' object cannot be interpreted as an integer", at.type_name()))
    })?;
    let mut items = items.borrow_mut();
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let at = if at < 0 { (at + length).max(0) } else { at.min(length) };
    items.insert(usize::try_from(at).unwrap_or(0), item);
    Ok(())
}

fn pop(items: &Items, args: &[Value]) -> R {
    let mut items = items.borrow_mut();
    let at = args.first().map_or(Some(-1), Value::as_int);
    let Some(at) = at else {
        let name = args[0].type_name();
        return Err(type_error(format!("'{name}' object cannot be interpreted as an integer")));
    };
    if items.is_empty() {
        return Err(raise("IndexError", args!["pop from empty list"]));
    }
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let at = if at < 0 { at + length } else { at };
    match usize::try_from(at) {
        Ok(at) if at < items.len() => Ok(items.remove(at)),
        _ => Err(raise("IndexError", args!["pop index out of range"])),
    }
}

fn index(items: &[Value], args: &[Value], kind: &str) -> R {
    let wanted = args.first().cloned().unwrap_or_default();
    let start = args.get(1).and_then(Value::as_int).unwrap_or(0);
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let start = usize::try_from(if start < 0 { start + length } else { start }).unwrap_or(0);
    let stop = args.get(2).and_then(Value::as_int).unwrap_or(length);
    let stop = usize::try_from(if stop < 0 { stop + length } else { stop }).unwrap_or(0);
    let found = (start..stop.min(items.len())).find(|at| items[*at] == wanted);
    found.map(Value::from).ok_or_else(|| {
        value_error(match kind {
            "list" => format!("{} is not in list", crate::repr(&wanted)),
            _ => "tuple.index(x): x not in tuple".into(),
        })
    })
}

fn count(items: &[Value], args: &[Value]) -> Value {
    let wanted = args.first().cloned().unwrap_or_default();
    items.iter().filter(|item| **item == wanted).count().into()
}

pub(crate) fn tuple_method(items: &[Value], name: &str, args: &[Value], _kw: Kw) -> R {
    match name {
        "index" => index(items, args, "tuple"),
        "count" => Ok(count(items, args)),
        _ => Err(no_attribute("tuple", name)),
    }
}

/// The pairs of a mapping, or of an iterable of pairs.
pub(crate) fn pairs(value: &Value) -> R<Vec<(Value, Value)>> {
    if let Value::Dict(dict) = value {
        return Ok(dict.map.borrow().iter().map(|(k, v)| (k.clone(), v.clone())).collect());
    }
    if let Value::Native(native) = value {
        if crate::supported::has_method(value, "items") {
            let items = native.method(value, "items", &[], &[])?;
            return elements(&items)?.iter().map(pair).collect();
        }
    }
    let mut found = Vec::new();
    for (place, item) in iter(value)?.enumerate() {
        let item = item?;
        let parts = elements(&item).map_err(|_| {
            type_error(format!(
                "cannot convert dictionary update sequence element #{place} to a sequence"
            ))
        })?;
        let length = parts.len();
        let [key, value]: [Value; 2] = parts.try_into().map_err(|_| {
            value_error(format!(
                "dictionary update sequence element #{place} has length {length}; 2 is required"
            ))
        })?;
        found.push((key, value));
    }
    Ok(found)
}

fn pair(value: &Value) -> R<(Value, Value)> {
    let [key, value] = crate::unpack(value)?;
    Ok((key, value))
}

/// `dict.update(…)`
pub(crate) fn update(dict: &Dict, function: &str, args: &[Value], kw: Kw) -> R<()> {
    if args.len() > 1 {
        let count = args.len();
        return Err(type_error(format!("{function} expected at most 1 argument, got {count}")));
    }
    for (key, value) in args.first().map_or(Ok(Vec::new()), pairs)? {
        hashable(&key)?;
        dict.map.borrow_mut().insert(key, value);
    }
    for (name, value) in kw {
        dict.map.borrow_mut().insert(text(Str::new(name)), value.clone());
    }
    Ok(())
}

pub(crate) fn dict_method(dict: &Rc<Dict>, name: &str, args: &[Value], kw: Kw) -> R {
    match name {
        "get" => {
            let key = first("get", args)?;
            hashable(key)?;
            let found = dict.map.borrow().get(key).cloned();
            Ok(found.unwrap_or_else(|| args.get(1).cloned().unwrap_or_default()))
        }
        "keys" => Ok(view(dict, Part::Keys)),
        "values" => Ok(view(dict, Part::Values)),
        "items" => Ok(view(dict, Part::Items)),
        "pop" => pop_key(dict, args),
        "setdefault" => {
            let key = first("setdefault", args)?;
            hashable(key)?;
            let default = args.get(1).cloned().unwrap_or_default();
            Ok(dict.map.borrow_mut().entry(key.clone()).or_insert(default).clone())
        }
        "update" if matches!(dict.kind, DictKind::Counter) => {
            count_into(dict, args, 1)?;
            Ok(Value::None)
        }
        "update" => update(dict, "update", args, kw).map(|()| Value::None),
        "clear" => {
            dict.map.borrow_mut().clear();
            Ok(Value::None)
        }
        "copy" => Ok(dict_of_kind(dict.map.borrow().clone(), dict.kind.clone())),
        "popitem" => pop_item(dict, args),
        "move_to_end" => move_to_end(dict, args, kw),
        "most_common" if matches!(dict.kind, DictKind::Counter) => most_common(dict, args),
        "elements" if matches!(dict.kind, DictKind::Counter) => {
            let map = dict.map.borrow();
            let times = |n: &Value| usize::try_from(n.as_int().unwrap_or(0)).unwrap_or(0);
            Ok(list(
                map.iter().flat_map(|(k, n)| std::iter::repeat_n(k.clone(), times(n))).collect(),
            ))
        }
        "subtract" if matches!(dict.kind, DictKind::Counter) => {
            count_into(dict, args, -1)?;
            Ok(Value::None)
        }
        _ => Err(no_attribute(&Value::Dict(dict.clone()).type_name(), name)),
    }
}

fn first<'a>(function: &str, args: &'a [Value]) -> R<&'a Value> {
    args.first()
        .ok_or_else(|| type_error(format!("{function} expected at least 1 argument, got 0")))
}

fn pop_key(dict: &Dict, args: &[Value]) -> R {
    let key = first("pop", args)?;
    hashable(key)?;
    let removed = dict.map.borrow_mut().shift_remove(key);
    match removed.or_else(|| args.get(1).cloned()) {
        Some(value) => Ok(value),
        None => Err(raise("KeyError", args![key])),
    }
}

fn pop_item(dict: &Dict, args: &[Value]) -> R {
    let from_start = args.first().is_some_and(|last| !last.truth());
    let mut map = dict.map.borrow_mut();
    let taken = if from_start { map.shift_remove_index(0) } else { map.pop() };
    let (key, value) =
        taken.ok_or_else(|| raise("KeyError", args!["popitem(): dictionary is empty"]))?;
    Ok(tuple(vec![key, value]))
}

fn move_to_end(dict: &Dict, args: &[Value], kw: Kw) -> R {
    let [key, last] = bind("move_to_end", ["key", "last"], args, kw)?;
    let key = needed("move_to_end", "key", key)?;
    let mut map = dict.map.borrow_mut();
    let value = map.shift_remove(&key).ok_or_else(|| raise("KeyError", args![&key]))?;
    if last.is_none_or(|last| last.truth()) {
        map.insert(key, value);
    } else {
        map.shift_insert(0, key, value);
    }
    Ok(Value::None)
}

/// Counts values, or adds a mapping of counts.
pub(crate) fn count_into(dict: &Dict, args: &[Value], sign: i64) -> R<()> {
    let Some(source) = args.first().filter(|source| !source.is_none()) else { return Ok(()) };
    let counts = match source {
        Value::Dict(_) => pairs(source)?,
        _ => elements(source)?.into_iter().map(|item| (item, Value::Int(1))).collect(),
    };
    for (key, count) in counts {
        hashable(&key)?;
        let before = dict.map.borrow().get(&key).cloned().unwrap_or(Value::Int(0));
        let after = ops::add(before, ops::mul(count, sign)?)?;
        dict.map.borrow_mut().insert(key, after);
    }
    Ok(())
}

fn most_common(dict: &Dict, args: &[Value]) -> R {
    let pairs = dict.map.borrow().iter().map(|(k, n)| tuple(vec![k.clone(), n.clone()])).collect();
    let by_count = crate::lambda(&["pair"], |pair| pair[0].item(1));
    let mut sorted = sort(pairs, &by_count, true)?;
    if let Some(limit) = args.first().and_then(Value::as_int) {
        sorted.truncate(usize::try_from(limit).unwrap_or(0));
    }
    Ok(list(sorted))
}

pub(crate) fn add_counters(x: &Rc<Dict>, y: &Rc<Dict>) -> R {
    if !matches!((&x.kind, &y.kind), (DictKind::Counter, DictKind::Counter)) {
        return Err(type_error("unsupported operand type(s) for +: 'dict' and 'dict'".into()));
    }
    let sum = Dict { map: RefCell::new(x.map.borrow().clone()), kind: DictKind::Counter };
    count_into(&sum, &[Value::Dict(y.clone())], 1)?;
    sum.map.borrow_mut().retain(|_, count| order::gt(&*count, 0).unwrap_or(true));
    Ok(Value::Dict(Rc::new(sum)))
}

/// What part of a dictionary a view shows.
#[derive(Clone, Copy)]
enum Part {
    Keys,
    Values,
    Items,
}

/// `dict.keys()`, `dict.values()`, `dict.items()`: it shows what the dictionary holds now.
struct View {
    dict: Rc<Dict>,
    part: Part,
}

fn view(dict: &Rc<Dict>, part: Part) -> Value {
    crate::native::native(View { dict: dict.clone(), part })
}

impl View {
    fn now(&self) -> Vec<Value> {
        let map = self.dict.map.borrow();
        match self.part {
            Part::Keys => map.keys().cloned().collect(),
            Part::Values => map.values().cloned().collect(),
            Part::Items => map.iter().map(|(k, v)| tuple(vec![k.clone(), v.clone()])).collect(),
        }
    }

    fn as_set(&self) -> R {
        crate::set(self.now())
    }
}

impl crate::native::Native for View {
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }

    fn type_name(&self) -> &'static str {
        match self.part {
            Part::Keys => "dict_keys",
            Part::Values => "dict_values",
            Part::Items => "dict_items",
        }
    }

    fn repr(&self) -> String {
        format!("{}({})", self.type_name(), crate::repr(&list(self.now())))
    }

    fn truth(&self) -> bool {
        !self.dict.map.borrow().is_empty()
    }

    fn len(&self) -> R<usize> {
        Ok(self.dict.map.borrow().len())
    }

    fn elements(&self) -> R<Vec<Value>> {
        Ok(self.now())
    }

    fn contains(&self, item: &Value) -> R<bool> {
        Ok(match self.part {
            Part::Keys => self.dict.map.borrow().contains_key(item),
            Part::Values | Part::Items => self.now().contains(item),
        })
    }

    fn equals(&self, other: &Value) -> bool {
        match (self.part, other.native::<Self>()) {
            (Part::Values, _) => false,
            (_, Some(other)) => self.as_set().ok() == other.as_set().ok(),
            _ => matches!(other, Value::Set(_)) && self.as_set().is_ok_and(|set| set == *other),
        }
    }

    fn arithmetic(&self, operator: &str, other: &Value, reversed: bool) -> Option<R> {
        if matches!(self.part, Part::Values) {
            return None;
        }
        let operation = match operator {
            "&" => ops::bitand,
            "|" => ops::bitor,
            "-" => ops::sub,
            "^" => ops::bitxor,
            _ => return None,
        };
        let work = || {
            let (this, other) = (self.as_set()?, crate::set(elements(other)?)?);
            if reversed { operation(other, this) } else { operation(this, other) }
        };
        Some(work())
    }
}

fn to_set(value: &Value) -> R<IndexSet<Value>> {
    let mut found = IndexSet::new();
    for item in elements(value)? {
        hashable(&item)?;
        found.insert(item);
    }
    Ok(found)
}

pub(crate) fn set_method(set: &Rc<Set>, name: &str, args: &[Value], _kw: Kw) -> R {
    let this = || Value::Set(set.clone());
    match name {
        "union" | "intersection" | "difference" => {
            let operation = match name {
                "union" => ops::bitor,
                "intersection" => ops::bitand,
                _ => ops::sub,
            };
            let mut result = set_from(set.items.borrow().clone(), set.frozen);
            for other in args {
                result = operation(result, set_from(to_set(other)?, false))?;
            }
            Ok(result)
        }
        "symmetric_difference" => ops::bitxor(this(), set_from(to_set(one(name, args)?)?, false)),
        "issubset" => {
            order::le(this(), set_from(to_set(one(name, args)?)?, false)).map(Value::from)
        }
        "issuperset" => {
            order::ge(this(), set_from(to_set(one(name, args)?)?, false)).map(Value::from)
        }
        "isdisjoint" => {
            let other = to_set(one(name, args)?)?;
            Ok((!set.items.borrow().iter().any(|item| other.contains(item))).into())
        }
        "copy" => Ok(set_from(set.items.borrow().clone(), set.frozen)),
        _ if set.frozen => Err(no_attribute("frozenset", name)),
        _ => change_set(set, name, args),
    }
}

fn one<'a>(name: &str, args: &'a [Value]) -> R<&'a Value> {
    let [item] = exactly(&format!("set.{name}"), args, &[])?;
    Ok(item)
}

fn change_set(set: &Rc<Set>, name: &str, args: &[Value]) -> R {
    match name {
        "add" => {
            let item = one(name, args)?;
            hashable(item)?;
            set.items.borrow_mut().insert(item.clone());
        }
        "remove" | "discard" => {
            let item = one(name, args)?;
            hashable(item)?;
            let there = set.items.borrow_mut().shift_remove(item);
            if !there && name == "remove" {
                return Err(raise("KeyError", args![item]));
            }
        }
        "pop" => {
            let taken = set.items.borrow_mut().shift_remove_index(0);
            return taken.ok_or_else(|| raise("KeyError", args!["pop from an empty set"]));
        }
        "clear" => set.items.borrow_mut().clear(),
        "update" => {
            for other in args {
                let more = to_set(other)?;
                set.items.borrow_mut().extend(more);
            }
        }
        "difference_update" | "intersection_update" => {
            for other in args {
                let other = to_set(other)?;
                let keep = name == "intersection_update";
                set.items.borrow_mut().retain(|item| other.contains(item) == keep);
            }
        }
        _ => return Err(no_attribute("set", name)),
    }
    Ok(Value::None)
}

/// `dict(…)`
pub(crate) fn make_dict(args: &[Value], kw: Kw) -> R {
    let made = Dict { map: RefCell::new(Map::new()), kind: DictKind::Plain };
    update(&made, "dict", args, kw)?;
    Ok(Value::Dict(Rc::new(made)))
}

/// `dict.fromkeys(keys, value)`
pub(crate) fn from_keys(args: &[Value]) -> R {
    let value = args.get(1).cloned().unwrap_or_default();
    let keys = elements(first("fromkeys", args)?)?;
    keys.iter().try_for_each(hashable)?;
    Ok(map_value(keys.into_iter().map(|key| (key, value.clone())).collect()))
}

/// How many there are. Raises TypeError.
pub(crate) fn length(value: &Value) -> R<usize> {
    let none =
        || -> Exc { type_error(format!("object of type '{}' has no len()", value.type_name())) };
    match value {
        Value::Str(whole) => Ok(crate::strings::length(whole)),
        Value::Bytes(data) => Ok(data.len()),
        Value::List(items) => Ok(items.borrow().len()),
        Value::Tuple(items) => Ok(items.len()),
        Value::Dict(dict) => Ok(dict.map.borrow().len()),
        Value::Set(set) => Ok(set.items.borrow().len()),
        Value::Native(native) => native.len(),
        Value::Obj(obj) => match obj.call_special(value, "__len__", &[]) {
            Some(length) => Ok(usize::try_from(length?.as_int().unwrap_or(0)).unwrap_or(0)),
            None => Err(none()),
        },
        _ => Err(none()),
    }
}
