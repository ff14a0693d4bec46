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

# Only allocations fail that have, or do not have, something between two addresses on the stack: `filter require FROM TO`.
filter() {
	for point in failslab fail_page_alloc; do
		echo "$2" >$debug/$point/$1-start
		echo "$3" >$debug/$point/$1-end
	done
}

# The addresses of a function of the kernel.
addresses() {
	sort /proc/kallsyms | sed -n "/ $1\$/{s/ .*//;p;n;s/ .*//;p}" | sed 's/^/0x/'
}

# Each allocation that a module makes when it is loaded, and when there is a new network namespace, fails once.
fail_loading() {
	# In 6.12 it forgets the name of a cache whose files it cannot make.
	filter reject $(addresses sysfs_slab_add)
	loading=$(addresses do_init_module)
	for module in $MODULES; do
		filter require $loading
		fail-load "/lib/modules/$(uname -r)/$module.ko" "$module" || return
		modprobe "$module" || return
		# This one keeps nothing for a network namespace.
		[ "$module" = nl_check ] && continue
		text=$(cat "/sys/module/$module/sections/.text")
		filter require "$text" "$(printf '0x%x' $((text + $(cat "/sys/module/$module/coresize"))))"
		fail-load || return
	done
	unload
}
