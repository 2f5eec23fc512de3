"""What the names of an imported application stand for: data, and none of its secrets."""

import msgspec


class Data(msgspec.Struct, frozen=True, tag_field="is", tag="data"):
    """A value without parts: `type` is its class, `text` its repr, ISO form, text or hex bytes."""

    type: str
    text: str


class Secret(msgspec.Struct, frozen=True, tag_field="is", tag="secret"):
    """A text or bytes that never leaves the user's interpreter.

    `name` is the environment variable that a port reads, `path` where the value stands.
    """

    name: str
    path: str
    type: str


class Object(msgspec.Struct, frozen=True, tag_field="is", tag="object"):
    """A container or an instance of a project's class: one of `Live.objects`."""

    id: int


class Library(msgspec.Struct, frozen=True, tag_field="is", tag="library"):
    """Something that others wrote, under its public name, as in "flask.jsonify"."""

    name: str


class Module(msgspec.Struct, frozen=True, tag_field="is", tag="module"):
    """A module, the project's or not."""

    name: str


class Function(msgspec.Struct, frozen=True, tag_field="is", tag="function"):
    """A function of the project: one of `Live.functions`."""

    id: int


class Kind(msgspec.Struct, frozen=True, tag_field="is", tag="class"):
    """A class of the project: one of `Live.classes`."""

    id: int


class Method(msgspec.Struct, frozen=True, tag_field="is", tag="method"):
    """A method that is bound to an object."""

    function: "Thing"
    owner: "Thing"


class Wrapped(msgspec.Struct, frozen=True, tag_field="is", tag="wrapped"):
    """An entry of a class: `kind` is "static", "class" or "property"."""

    kind: str
    inner: "Thing"


class Pattern(msgspec.Struct, frozen=True, tag_field="is", tag="regex"):
    """A compiled regular expression."""

    pattern: str
    flags: int


class App(msgspec.Struct, frozen=True, tag_field="is", tag="app"):
    """The application itself."""


class Blueprint(msgspec.Struct, frozen=True, tag_field="is", tag="blueprint"):
    """A blueprint."""

    name: str


class Lock(msgspec.Struct, frozen=True, tag_field="is", tag="lock"):
    """A lock of `threading`."""


class Logger(msgspec.Struct, frozen=True, tag_field="is", tag="logger"):
    """A logger."""


class Match(msgspec.Struct, frozen=True):
    """A text to compare with, or a regular expression."""

    text: str
    is_regex: bool


class CorsOptions(msgspec.Struct, frozen=True):
    """Options of flask-cors as they were resolved; "" where one is not set."""

    origins: tuple[Match, ...]
    allow_headers: tuple[Match, ...]
    methods: str
    expose_headers: str
    max_age: str
    supports_credentials: bool
    send_wildcard: bool
    vary_header: bool
    always_send: bool
    intercept_exceptions: bool
    allow_private_network: bool


class CorsResource(msgspec.Struct, frozen=True):
    """The paths that one set of options is for."""

    pattern: Match
    options: CorsOptions


class Cors(msgspec.Struct, frozen=True, tag_field="is", tag="cors"):
    """The hook of flask-cors."""

    resources: tuple[CorsResource, ...]


class AuthError(msgspec.Struct, frozen=True, tag_field="is", tag="auth_error"):
    """What flask-httpauth answers if nobody may pass; None for its own words."""

    inner: "Thing | None" = None


class BasicAuth(msgspec.Struct, frozen=True):
    """An `HTTPBasicAuth`; callbacks that are not set are None."""

    scheme: str
    realm: str
    header: str
    verify: "Thing | None" = None
    get_password: "Thing | None" = None
    hash_password: "Thing | None" = None
    on_error: "Thing | None" = None
    get_roles: "Thing | None" = None


class Guarded(msgspec.Struct, frozen=True, tag_field="is", tag="guarded"):
    """A view behind `login_required` of flask-httpauth."""

    inner: "Thing"
    optional: bool
    role: "Thing | None"
    auth: BasicAuth


class Other(msgspec.Struct, frozen=True, tag_field="is", tag="other"):
    """Anything else, by the name of its class."""

    type: str


Thing = (
    Data
    | Secret
    | Object
    | Library
    | Module
    | Function
    | Kind
    | Method
    | Wrapped
    | Pattern
    | App
    | Blueprint
    | Lock
    | Logger
    | Cors
    | AuthError
    | Guarded
    | Other
)


class LiveObject(msgspec.Struct, frozen=True):
    """What lies in a container (each item a tuple of one) or mapping (pairs), in order.

    `type` is its class, or "instance" with the class in `extra`; otherwise `extra` is the factory
    of a `defaultdict` or the length of a `deque`. `path` is where it was met first.
    """

    type: str
    path: str
    items: tuple[tuple[Thing, ...], ...]
    extra: Thing | None = None


class LiveFunction(msgspec.Struct, frozen=True):
    """A function object: where its code stands, what it closes over, its defaults.

    `begins` is the line and column of its body's first expression, where Python knows them.
    """

    id: int
    module: str
    name: str
    file: str
    line: int
    cells: dict[str, Thing]
    defaults: tuple[Thing, ...]
    keywords: dict[str, Thing]
    begins: tuple[int, int] | None = None


class LiveClass(msgspec.Struct, frozen=True):
    """A class object; `fields` are those of a dataclass."""

    id: int
    module: str
    name: str
    file: str
    bases: tuple[Thing, ...]
    metaclass: str
    attributes: dict[str, Thing]
    fields: tuple[str, ...] | None = None


class LiveModule(msgspec.Struct, frozen=True):
    """An imported module of the project and what its names stand for after the import."""

    name: str
    file: str
    globals: dict[str, Thing]


class Route(msgspec.Struct, frozen=True):
    """A rule of the URL map; `converters` with their limits, as in "int(min=1)".

    `folder` is set where it serves the files of one as they are.
    """

    rule: str
    endpoint: str
    methods: tuple[str, ...]
    automatic_options: bool
    converters: dict[str, str]
    defaults: dict[str, Thing]
    strict_slashes: bool
    host: str
    folder: str
    view: Thing | None
    is_class: bool


class ErrorHandler(msgspec.Struct, frozen=True):
    """What answers an exception of a class, or of a code, in a blueprint or, "", everywhere."""

    blueprint: str
    code: int | None
    kind: Thing
    handler: Thing


class Json(msgspec.Struct, frozen=True):
    """How answers are written as JSON; `compact` None means: unless debugging."""

    ensure_ascii: bool
    sort_keys: bool
    mimetype: str
    compact: bool | None = None


class Settings(msgspec.Struct, frozen=True):
    """What changes behaviour besides the configuration."""

    name: str = ""
    debug: bool = False
    testing: bool = False
    json: Json = Json(ensure_ascii=True, sort_keys=True, mimetype="application/json")
    json_provider: str = "DefaultJSONProvider"
    pretty: bool = False
    session_interface: str = "SecureCookieSessionInterface"
    response_class: str = "Response"
    request_class: str = "Request"
    has_secret_key: bool = False
    strict_slashes: bool = True
    merge_slashes: bool = True
    host_matching: bool = False
    extensions: tuple[str, ...] = ()
    wsgi_app: str = "method"
    versions: dict[str, str] = {}


class Literal(msgspec.Struct, frozen=True):
    """A secret that stands in the code of a function: its name and place."""

    name: str
    file: str
    line: int
    column: int


class Live(msgspec.Struct, frozen=True):
    """An application after its import, or the `problem` that kept it from being imported.

    `hooks` are pairs of a blueprint ("" for the application) and a function, by Flask's names.
    """

    modules: tuple[LiveModule, ...] = ()
    functions: tuple[LiveFunction, ...] = ()
    classes: tuple[LiveClass, ...] = ()
    objects: dict[int, LiveObject] = {}
    literals: tuple[Literal, ...] = ()
    routes: tuple[Route, ...] = ()
    hooks: dict[str, tuple[tuple[str, Thing], ...]] = {}
    errors: tuple[ErrorHandler, ...] = ()
    config: tuple[tuple[str, Thing], ...] = ()
    settings: Settings = Settings()
    problem: str = ""
