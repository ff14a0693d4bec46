// SPDX-License-Identifier: GPL-2.0
/*
 * Counters of a network namespace, in /proc/net/rtm.
 */

#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/seq_file_net.h>

#include "rtm.h"

static void rtm_proc_count(struct seq_file *seq, const char *what,
			   const struct rtm_count *count)
{
	seq_printf(seq, "%s %u\n", what, count->live);
	seq_printf(seq, "%s_in_memory %d\n", what, atomic_read(&count->held));
}

static int rtm_proc_show(struct seq_file *seq, void *v)
{
	struct rtm_net *rn = rtm_net(seq_file_single_net(seq));

	mutex_lock(&rn->lock);
	rtm_proc_count(seq, "tables", &rn->n_tables);
	rtm_proc_count(seq, "routes", &rn->n_routes);
	seq_printf(seq, "generation %llu\n", rn->generation);
	seq_printf(seq, "events %llu\n", rn->events);
	seq_printf(seq, "events_lost %llu\n", rn->events_lost);
	mutex_unlock(&rn->lock);
	return 0;
}

/**
 * rtm_proc_init - show the counters of a network namespace
 * @net: network namespace
 *
 * Return: 0 or -ENOMEM.
 */
int __net_init rtm_proc_init(struct net *net)
{
	if (IS_ENABLED(CONFIG_PROC_FS) &&
	    !proc_create_net_single("rtm", 0444, net->proc_net, rtm_proc_show,
				    NULL))
		return -ENOMEM;
	return 0;
}

/**
 * rtm_proc_exit - undo rtm_proc_init()
 * @net: network namespace
 */
void rtm_proc_exit(struct net *net)
{
	remove_proc_entry("rtm", net->proc_net);
}
