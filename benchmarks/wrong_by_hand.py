"""Ports that a careful reviewer might let pass: each is the right port with one idea gone wrong."""

from collections.abc import Mapping

import msgspec

from agent_core.port.crates import RUNTIME
from benchmarks.commands import CommandError

SERVE = f"{RUNTIME}/src/web/serve.rs"


class Change(msgspec.Struct, frozen=True):
    """Text that stands once in a file of the crate, and what stands there instead."""

    file: str
    before: str
    after: str


class ByHand(msgspec.Struct, frozen=True):
    """A port of the application `subject`, and in what it is unlike the right one."""

    name: str
    subject: str
    said: str
    changes: tuple[Change, ...]

    def of(self, crate: Mapping[str, str]) -> dict[str, str]:
        """The right port, changed. Raises CommandError where that is not as expected."""
        changed = dict(crate)
        for each in self.changes:
            if changed[each.file].count(each.before) != 1:
                raise CommandError(f"{self.name}: {each.file} has not once {each.before!r}")
            changed[each.file] = changed[each.file].replace(each.before, each.after)
        return changed


_FOUR_THREADS = (
    Change(
        SERVE,
        "    let thread = std::thread::Builder",
        """    for _ in 0..3 {
        let _ = std::thread::Builder::new().stack_size(STACK).spawn(move || run(build));
    }
    let thread = std::thread::Builder""",
    ),
    Change(SERVE, "TcpListener::bind(&address)\n            .await", "shared(&address)"),
    Change(
        SERVE,
        "\nfn run(build: ",
        """
fn shared(address: &str) -> std::io::Result<TcpListener> {
    static FIRST: std::sync::OnceLock<std::net::TcpListener> = std::sync::OnceLock::new();
    let first = FIRST.get_or_init(|| {
        let listener = std::net::TcpListener::bind(address).expect("an address to listen on");
        listener.set_nonblocking(true).expect("a listener that does not block");
        listener
    });
    TcpListener::from_std(first.try_clone()?)
}

fn run(build: """,
    ),
)
"""Each thread has its own application, and the globals of one."""

_STORE = """
static KEPT: std::sync::Mutex<String> = std::sync::Mutex::new(String::new());

/// Takes from the store what all threads share.
pub fn load() -> R {
    let kept = KEPT.lock().expect("a store").clone();
    if !kept.is_empty() {
        let [items, notes] = unpack(&lib("json.loads", args![kept], kw![])?)?;
        ITEMS.set(lib("builtins.dict", args![items], kw![])?);
        NOTES.set(notes);
    }
    Ok(none())
}

/// Puts into the store what a request has changed; a disk takes its time.
pub fn save(response: Value) -> R {
    if request().attr("method")? != "GET" {
        std::thread::sleep(std::time::Duration::from_millis(2));
        let items = lib("builtins.list", args![ITEMS.get().method("items", args![])?], kw![])?;
        let text = str(lib("json.dumps", args![list![items, NOTES.get()]], kw![])?);
        *KEPT.lock().expect("a store") = text.to_string();
    }
    Ok(response)
}
"""

BY_HAND = (
    ByHand(
        "no newline",
        "lending",
        "JSON answers do not end in a newline",
        (
            Change(
                f"{RUNTIME}/src/web/json.rs",
                "let mut written = json::dumps(value, &style)?;\n        written.push('\\n');",
                "let written = json::dumps(value, &style)?;",
            ),
        ),
    ),
    ByHand(
        "Allow",
        "lending",
        "what OPTIONS answers names all methods but OPTIONS",
        (
            Change(
                f"{RUNTIME}/src/web/dispatch.rs",
                "        methods.sort();",
                '        methods.retain(|method| *method != "OPTIONS");\n        methods.sort();',
            ),
        ),
    ),
    ByHand(
        "SameSite",
        "lending",
        "a cookie without SameSite",
        (Change("src/app.rs", ', "samesite" => "Lax"', ""),),
    ),
    ByHand(
        "typed price",
        "lending",
        "a price is a float throughout: 8 comes back as 8.0",
        (Change("src/app.rs", '"price" => &price', '"price" => float(&price)?'),),
    ),
    ByHand(
        "own state",
        "lending",
        "four threads serve, each with a state of its own",
        _FOUR_THREADS,
    ),
    ByHand(
        "lost update",
        "todo",
        "four threads share a store that is locked to read and to write, not in between",
        (
            *_FOUR_THREADS,
            Change("src/app.rs", "\npub fn checked(", f"{_STORE}\npub fn checked("),
            Change(
                "src/main.rs",
                "    Ok(app)\n",
                """    app.before_request(app::load);
    app.after_request(app::save);
    Ok(app)
""",
            ),
        ),
    ),
)

SLOW = ByHand(
    "slow",
    "lending",
    "the right port, which computes something else before it answers",
    (
        Change(
            SERVE,
            "    let status = StatusCode::from_u16(response.code())",
            """    let begun = std::time::Instant::now();
    while begun.elapsed() < std::time::Duration::from_millis(1) {
        std::hint::spin_loop();
    }
    let status = StatusCode::from_u16(response.code())""",
        ),
    ),
)
