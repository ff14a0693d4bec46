// SPDX-License-Identifier: GPL-2.0
/*
 * How many tables and routes a network namespace may have.
 */

#include <linux/compiler.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/stringify.h>

#include "nl_rcv.h"
#include "rtm.h"

static unsigned int rtm_max_tables = RTM_TABLES_MAX;
module_param_named(max_tables, rtm_max_tables, uint, 0644);
MODULE_PARM_DESC(max_tables, "tables of a network namespace (default "
		 __stringify(RTM_TABLES_MAX) ")");

static unsigned int rtm_max_routes = RTM_ROUTES_MAX;
module_param_named(max_routes, rtm_max_routes, uint, 0644);
MODULE_PARM_DESC(max_routes, "routes of a network namespace (default "
		 __stringify(RTM_ROUTES_MAX) ")");

/*
 * How many deleted objects may wait for RCU readers on top of a limit. It is
 * what a fast requester deletes within a few grace periods, so that deleting
 * and creating by turns does not wait where it is at the limit.
 */
#define RTM_BACKLOG 4096

/* There may be more than the limit, which can be lowered at any time. */
static bool rtm_limit_backlog(const struct rtm_count *count, unsigned int limit)
{
	/* An old number only makes a request wait once too often, or later. */
	s64 allowed = max(limit, data_race(count->live));

	return atomic_read(&count->held) >= allowed + RTM_BACKLOG;
}

/**
 * rtm_limit_wait - wait until there is not too much memory to be freed
 * @rn: state of the network namespace
 *
 * To be called before a change, without any lock. Deleting in a loop would
 * otherwise be a way around the limits.
 */
void rtm_limit_wait(const struct rtm_net *rn)
{
	if (rtm_limit_backlog(&rn->n_tables, READ_ONCE(rtm_max_tables)) ||
	    rtm_limit_backlog(&rn->n_routes, READ_ONCE(rtm_max_routes)))
		rtm_trie_flush();
}

static int rtm_limit(const struct rtm_request *req, const struct nlattr *nla,
		     const struct rtm_count *count, unsigned int max,
		     const char *what)
{
	if (count->live < max)
		return 0;
	nl_rcv_err_attr(req->extack, nla, "too many %s, the limit is %u", what,
			max);
	return -ENOSPC;
}

/**
 * rtm_limit_tables - may there be another table
 * @req: request to make one
 * @args: its name
 *
 * Return: 0, or -ENOSPC if there are as many as there may be.
 */
int rtm_limit_tables(const struct rtm_request *req, const struct rtm_args *args)
{
	return rtm_limit(req, args->tb[RTM_TABLE_A_NAME], &req->rn->n_tables,
			 READ_ONCE(rtm_max_tables), "tables");
}

/**
 * rtm_limit_routes - may there be another route
 * @req: request to make one
 * @args: its destination
 *
 * Return: 0, or -ENOSPC if there are as many as there may be.
 */
int rtm_limit_routes(const struct rtm_request *req, const struct rtm_args *args)
{
	return rtm_limit(req, args->tb[RTM_ROUTE_A_DST], &req->rn->n_routes,
			 READ_ONCE(rtm_max_routes), "routes");
}
