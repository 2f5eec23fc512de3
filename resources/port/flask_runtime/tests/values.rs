//! What Python 3.11 answered (`golden/values.jsonl`), asked of the runtime. A case is kind, name,
//! arguments, keywords and the outcome: its `repr`, or "!Class: message".

use flask_runtime::prelude::*;

const CASES: &str = include_str!("golden/values.jsonl");

/// A value of a case: JSON, with marks for what JSON does not have.
fn value(written: &Value) -> Value {
    if isinstance(written, Type::List).unwrap() {
        return list_of(written, |item| Ok(Some(value(&item)))).unwrap();
    }
    if !isinstance(written, Type::Dict).unwrap() {
        return written.clone();
    }
    let [mark] = unpack(written).unwrap();
    let inner = written.item(&mark).unwrap();
    match mark.to_string().as_str() {
        "(" => tuple_of(&inner, |item| Ok(Some(value(&item)))).unwrap(),
        "{" => set_of(&inner, |item| Ok(Some(value(&item)))).unwrap(),
        "b" => lib_value("builtins.bytes").method("fromhex", args![inner]).unwrap(),
        _ => dict_of(&inner, |pair| {
            let [key, item] = unpack(&pair)?;
            Ok(Some((value(&key), value(&item))))
        })
        .unwrap(),
    }
}

fn operator(name: &str, a: &Value, b: &Value) -> R {
    Ok(match name {
        "add" => add(a, b)?,
        "sub" => sub(a, b)?,
        "mul" => mul(a, b)?,
        "div" => div(a, b)?,
        "floordiv" => floordiv(a, b)?,
        "modulo" => modulo(a, b)?,
        "pow" => pow(a, b)?,
        "lshift" => lshift(a, b)?,
        "rshift" => rshift(a, b)?,
        "bitand" => bitand(a, b)?,
        "bitor" => bitor(a, b)?,
        "bitxor" => bitxor(a, b)?,
        "eq" => Value::from(a == b),
        "lt" => lt(a, b)?.into(),
        "ge" => ge(a, b)?.into(),
        "contains" => contains(a, b)?.into(),
        "item" => a.item(b)?,
        other => panic!("no operator {other}"),
    })
}

fn run(kind: &str, name: &str, args: &[Value], kw: &Value) -> R {
    match kind {
        "method" => args[0].method_spread(name, &tuple(args[1..].to_vec()), kw),
        "operator" => operator(name, &args[0], &args[1]),
        "slice" => args[0].slice(&args[1], &args[2], &args[3]),
        "format" => format_spec(&args[0], name).map(Value::from),
        _ => lib_value(name).call_spread(&tuple(args.to_vec()), kw),
    }
}

#[test]
fn values_are_what_python_gives() {
    let mut unlike = Vec::new();
    for line in CASES.lines() {
        let case = lib("json.loads", args![String::from(line)], kw![]);
        let [kind, name, arguments, keywords, expected] = unpack(case.unwrap()).unwrap();
        let arguments = collect(&arguments, |item| Ok(Some(value(&item)))).unwrap();
        let keywords = dict_of(keywords.method("items", args![]).unwrap(), |pair| {
            let [key, item] = unpack(&pair)?;
            Ok(Some((key, value(&item))))
        })
        .unwrap();
        let outcome = run(&kind.to_string(), &name.to_string(), &arguments, &keywords);
        let got = match outcome {
            Ok(made) => repr(&made),
            Err(error) => {
                let class = error.value().attr("__class__").unwrap().attr("__name__").unwrap();
                format!("!{class}: {}", error.value())
            }
        };
        if expected != got.as_str() {
            unlike.push(format!("{line}\n    got {got}"));
        }
    }
    assert!(unlike.is_empty(), "{} unlike:\n{}", unlike.len(), unlike.join("\n"));
}

#[test]
fn a_list_whose_sorting_raises_is_left_as_far_in_order_as_it_came() {
    for (reverse, sorted, left) in [
        (false, list![2, 3, 1, "x"], list![1, 2, 3, "x"]),
        (false, list![3, 1, "x", 2], list![3, 1, "x", 2]),
        (true, list!["x", 1, 3, 2], list!["x", 3, 2, 1]),
    ] {
        let outcome = sorted.method_kw("sort", args![], kw!["reverse" => reverse]);
        assert!(outcome.is_err_and(|error| error.is("TypeError")));
        assert!(sorted == left, "{}", repr(&sorted));
    }
}
