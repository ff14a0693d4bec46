#!/bin/sh
# gcc 14 has -fmin-function-alignment, which kernels since 6.18 use; older ones are given the nearest they know.
if ! gcc -fmin-function-alignment=16 -E -x c /dev/null >/dev/null 2>&1; then
	for arg; do
		shift
		case $arg in
		-fmin-function-alignment=*) arg=-falign-functions=${arg#*=} ;;
		esac
		set -- "$@" "$arg"
	done
fi
exec gcc "$@"
