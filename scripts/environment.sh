# Read by ./run, ./test, scripts/check and scripts/build, which have set $root to the checkout. POSIX sh.
#
# use_environment KIND   KIND is "run", "dev" or "build", after the files in requirements/. Sets
#                        $environment, a folder with bin/python that has what KIND.txt locks, and
#                        $bytecode, the folder for compiled files where the checkout cannot be
#                        written, else "".
#
# need_qt                Gives up where Qt does not load, naming the packages to ask for.
#
# A ready environment costs one `cmp`. It is ready when its last-written file, locked.txt, equals
# the lock, and it was made for this very folder.

use_environment() {
    bytecode=
    environment=$root/.journeyman/$1
    if environment_ready "$1"; then
        if ! [ -w "$root" ] && find_data_folder; then bytecode=$data/bytecode; fi
        return
    fi
    if ! beside_is_writable "$1"; then
        find_data_folder || give_up "The checkout is read-only and there is no other place to write to." \
            "Set HOME, or JOURNEYMAN_HOME to a folder of yours, and start again."
        bytecode=$data/bytecode
        environment=$data/environments/$(printf %s "$root" | cksum | tr ' ' -)/$1
        if environment_ready "$1"; then return; fi
    fi
    make_environment "$1" >&2
}

environment_ready() {
    [ -x "$environment/bin/python" ] && [ -r "$environment/checkout" ] || return 1
    IFS= read -r made_for <"$environment/checkout" || return 1
    [ "$made_for" = "$root" ] && cmp -s "$root/requirements/$1.txt" "$environment/locked.txt"
}

beside_is_writable() {
    for folder in "$root" "$root/.journeyman" "$root/.journeyman/$1"; do
        if [ -e "$folder" ] && ! [ -w "$folder" ]; then return 1; fi
    done
}

# Sets $data, the folder where Journeyman keeps what it owns; fails where none can be named.
find_data_folder() {
    if [ -n "${JOURNEYMAN_HOME:-}" ]; then
        data=$JOURNEYMAN_HOME
    elif [ -n "${XDG_DATA_HOME:-}" ]; then
        data=$XDG_DATA_HOME/journeyman
    elif [ -n "${HOME:-}" ]; then
        data=$HOME/.local/share/journeyman
    else
        return 1
    fi
    case $data in
        /*) ;;
        *) data=$PWD/$data ;;
    esac
}

make_environment() {
    find_python
    packages=
    if [ -z "$python" ]; then packages=${venv_package:-"python3 python3-venv"}; fi
    if ! command -v git >/dev/null 2>&1; then packages="${packages:+$packages }git"; fi
    if [ -n "$packages" ]; then
        install_packages "$packages"
        find_python
        if [ -z "$python" ]; then
            give_up "No usable Python was found after installing $packages." \
                "Journeyman needs Python 3.11 or newer with its venv and ensurepip modules."
        fi
    fi
    "$python" -I "$root/scripts/environment.py" "$root" "$1" "$environment" || exit
    if [ "$1" = dev ]; then
        add_qt_libraries xvfb xauth
    elif [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
        add_qt_libraries
    fi
}

# Debian's names of the libraries that Qt loads and its wheel does not bring.
qt_libraries="libglib2.0-0 libegl1 libgl1 libdbus-1-3 libfontconfig1 libxkbcommon0 libxcb-cursor0"
qt_libraries="$qt_libraries libxcb-icccm4 libxcb-keysyms1 libxcb-shape0 libxkbcommon-x11-0"

# Makes sure that a window can open, with further packages on request. Nothing else needs it, so
# what cannot be installed is named and the start goes on.
add_qt_libraries() {
    if window_can_open && { [ $# = 0 ] || command -v Xvfb >/dev/null 2>&1; }; then return; fi
    if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
        install_packages "$qt_libraries $*"
    else
        echo "journeyman: no window can open here. Debian's names of what may be missing:"
        echo "    $qt_libraries $*"
    fi
}

need_qt() {
    "$environment/bin/python" -I -c 'from PySide6 import QtTest, QtWidgets' 2>/dev/null ||
        install_packages "$qt_libraries" "Its tests load Qt, which needs these libraries."
}

window_can_open() {
    "$environment/bin/python" -I -c '
import ctypes
from PySide6 import QtWidgets
for name in ("libxcb-cursor.so.0", "libxcb-icccm.so.4", "libxcb-keysyms.so.1", "libxkbcommon-x11.so.0"):
    ctypes.CDLL(name)
' 2>/dev/null
}

# Sets $python to an interpreter that can make environments, or to "". Then $venv_package may name
# the Debian package that an otherwise good interpreter lacks.
find_python() {
    python=
    venv_package=
    for name in python3 python3.11 python3.12 python3.13 python3.14 /usr/bin/python3; do
        # In the checkout: a version manager's shim goes by files in the current folder.
        lacks=$(cd -- "$root" && "$name" -I -c '
import sys
if sys.version_info >= (3, 11):
    try:
        import ensurepip, venv
    except ImportError:
        print("venv")
    else:
        print("nothing")
' 2>/dev/null) || continue
        case $lacks in
            nothing)
                python=$name
                return
                ;;
            venv) : "${venv_package:=${name##*/}-venv}" ;;
        esac
    done
}

# install_packages NAMES [WHY]
install_packages() {
    why=${2:-"Journeyman needs git, and Python 3.11 or newer with its venv and ensurepip modules."}
    if ! command -v apt-get >/dev/null 2>&1; then
        give_up "Missing on this machine: $1 (Debian's names)." \
            "Install them, or what corresponds to them here, and start again." "$why"
    fi
    if [ "$(id -u)" != 0 ]; then
        give_up "Missing on this machine: $1" \
            "Ask whoever looks after it to run: apt-get install $1" "$why"
    fi
    echo "journeyman: installing Debian packages, which can take a minute: $1"
    # Word splitting is meant: one argument a package.
    # shellcheck disable=SC2086
    if ! said=$({
        apt-get update -q &&
            DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends \
                -o DPkg::Lock::Timeout=300 $1
    } </dev/null 2>&1); then
        printf '%s\n' "$said"
        give_up "apt-get could not install: $1" "Its messages are above. Mend that and start again."
    fi
}

give_up() {
    printf 'journeyman: %s\n' "$1" >&2
    shift
    for line in "$@"; do printf '    %s\n' "$line" >&2; done
    exit 2
}
