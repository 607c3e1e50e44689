#!/usr/bin/env bash
# Makes $VENV and installs Voxcart with its tools into it; system packages too, where it may. Called by the Makefile.
set -euo pipefail
PYTHON=${PYTHON:-python3}
VENV=${VENV:-.venv}

fail() { printf 'setup: %s\n' "$1" >&2; exit 2; }

command -v "$PYTHON" >/dev/null || fail "Python is missing. On Debian or Ubuntu: apt-get install python3 python3-venv"
"$PYTHON" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' ||
  fail "Python 3.11, 3.12 or 3.13 is needed, this is $("$PYTHON" -V). Name another with: make PYTHON=python3.11"

missing=()
"$PYTHON" -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
"$PYTHON" -c 'import ctypes.util, sys; sys.exit(ctypes.util.find_library("portaudio") is None)' || missing+=(libportaudio2)
for each in baresip:baresip-core sipp:sip-tester kamailio:kamailio openssl:openssl systemd-analyze:systemd; do
  PATH="$PATH:/usr/sbin" command -v "${each%%:*}" >/dev/null || missing+=("${each#*:}")
done
# The tests' virtual sound card. Where PipeWire serves the sound, a second server could take its place: not from here.
if [ "$(uname)" = Linux ] && ! command -v pipewire-pulse >/dev/null; then
  command -v pulseaudio >/dev/null || missing+=(pulseaudio)
  command -v pactl >/dev/null || missing+=(pulseaudio-utils)
  compgen -G "/usr/lib/*/alsa-lib/libasound_module_pcm_pulse.so" >/dev/null || missing+=(libasound2-plugins)
fi
if ((${#missing[@]})); then
  install="apt-get install --no-install-recommends -y ${missing[*]}"
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    echo "setup: installing ${missing[*]}"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive $install -qq >/dev/null; } || fail "could not install them: $install"
  elif command -v apt-get >/dev/null && command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    echo "setup: installing ${missing[*]}"
    { sudo apt-get update -qq && sudo $install -qq >/dev/null; } || fail "could not install them: sudo $install"
  elif [[ " ${missing[*]} " == *" python3-venv "* ]]; then
    fail "these system packages are missing: ${missing[*]}. Install them: sudo $install"
  else
    echo "setup: without ${missing[*]} there is no microphone (libportaudio2), no softphone for \`make phone\` and the" \
      "tests of the telephone, or no room for those of the microphone; all else works. To have them: sudo $install" >&2
  fi
fi

[ -x "$VENV/bin/python" ] || "$PYTHON" -m venv "$VENV" || fail "could not make $VENV"
echo "setup: installing the Python packages into $VENV"
"$VENV/bin/python" -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev,sip,bridges,payments,report]' 2> >(grep -v '^WARNING' >&2) ||
  fail "pip could not install the packages; is there a network? Run the same command again to go on."
