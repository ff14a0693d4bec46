// SPDX-License-Identifier: GPL-2.0
/*
 * How many tables and routes a network namespace may have.
 */

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
 * @req: request to make one
 * @args: its name
 *
 * Return: 0, or -ENOSPC if there are as many as there may be.
 */
int rtm_limit_tables(const struct rtm_request *req, const struct rtm_args *args)
{
	unsigned int max = READ_ONCE(rtm_max_tables);

	if (rtm_limit(&req->rn->n_tables, max))
		return 0;
	nl_rcv_err_attr(req->extack, args->tb[RTM_TABLE_A_NAME],
			"too many tables, the limit is %u", max);
	return -ENOSPC;
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
	unsigned int max = READ_ONCE(rtm_max_routes);

	if (rtm_limit(&req->rn->n_routes, max))
		return 0;
	nl_rcv_err_attr(req->extack, args->tb[RTM_ROUTE_A_DST],
			"too many routes, the limit is %u", max);
	return -ENOSPC;
}
