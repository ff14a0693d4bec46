# What the jobs of the load lane call.

# How many objects there are in each slab cache, as facts; what can be given back is given back before.
send_slabs() {
	echo 3 >/proc/sys/vm/drop_caches
	for cache in /sys/kernel/slab/*/shrink; do
		echo 1 >"$cache"
	done
	sed "1,2d;s/^/slabs-$1 /" /proc/slabinfo >&3
}
