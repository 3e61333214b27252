#!/bin/sh
# A flag, a file or anything that is no command is run by node.
set -e
case "${1:-}" in
-*) set -- node "$@" ;;
*) if [ -z "$(command -v "${1:-}")" ] || { [ -f "$1" ] && ! [ -x "$1" ]; }; then set -- node "$@"; fi ;;
esac
exec "$@"
