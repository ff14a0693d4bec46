// SPDX-License-Identifier: GPL-2.0
/*
 * How many tables and routes a network namespace may have.
 */

#include <linux/module.h>
#include <linux/stringify.h>

#include "rtm.h"

#define RTM_MAX_TABLES 1024
#define RTM_MAX_ROUTES 1048576

static unsigned int rtm_max_tables = RTM_MAX_TABLES;
module_param_named(max_tables, rtm_max_tables, uint, 0644);
MODULE_PARM_DESC(max_tables, "tables of a network namespace (default "
		 __stringify(RTM_MAX_TABLES) ")");

static unsigned int rtm_max_routes = RTM_MAX_ROUTES;
module_param_named(max_routes, rtm_max_routes, uint, 0644);
MODULE_PARM_DESC(max_routes, "routes of a network namespace (default "
		 __stringify(RTM_MAX_ROUTES) ")");

/*
 * What readers may still see counts, or deleting in a loop would be a way
 * around the limit; but it refuses nothing that waiting makes possible.
 */
static bool rtm_limit(const struct rtm_count *count, unsigned int max)
{
	if (count->live >= max)
		return false;
	if (atomic_read(&count->held) >= max)
		rtm_trie_flush();
	return true;
}

/**
 * rtm_limit_tables - may there be another table
 * @rn: state of the network namespace
 *
 * Return: false if there are as many as there may be.
 */
bool rtm_limit_tables(struct rtm_net *rn)
{
	return rtm_limit(&rn->n_tables, READ_ONCE(rtm_max_tables));
}

/**
 * rtm_limit_routes - may there be another route
 * @rn: state of the network namespace
 *
 * Return: false if there are as many as there may be.
 */
bool rtm_limit_routes(struct rtm_net *rn)
{
	return rtm_limit(&rn->n_routes, READ_ONCE(rtm_max_routes));
}
