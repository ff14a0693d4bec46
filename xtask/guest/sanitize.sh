# What the jobs of the sanitised kernel call.
debug=/sys/kernel/debug

# What the boot itself left unreachable is not ours. Every leak is to be in the log.
forget_leaks() {
	echo 1 >/sys/module/kmemleak/parameters/verbose
	echo scan >$debug/kmemleak
	echo clear >$debug/kmemleak
}

# The first scan takes checksums, the second reports what is 5 s old and did not change.
find_leaks() {
	sleep 6
	echo scan >$debug/kmemleak && echo scan >$debug/kmemleak || return
	fact leaks "$(grep -c 'unreferenced object' $debug/kmemleak)"
}

# Lets allocations fail that may wait, too, whatever their size, and says nothing of it in the log.
arm_failures() {
	for point in failslab fail_page_alloc; do
		echo N >$debug/$point/ignore-gfp-wait
		echo 0 >$debug/$point/verbose
	done
	echo 0 >$debug/fail_page_alloc/min-order
}

# Lockdep ends itself at the first thing that it does not understand, and is silent from then on.
check_lockdep() {
	fact lockdep "$(sed -n 's/^ *debug_locks: *//p' /proc/lockdep_stats)"
}

# Which lines ran, counted over all loads.
send_coverage() {
	find $debug/gcov -name '*.gcda' | while read -r path; do
		fact gcda "${path##*/}" "$(base64 -w0 "$path")"
	done
}
