/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the parts of the rtm module share.
 */

#ifndef _RTM_H
#define _RTM_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/in6.h>
#include <linux/mutex.h>
#include <linux/netlink.h>
#include <linux/rhashtable-types.h>
#include <linux/seqlock.h>
#include <linux/skbuff.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "generated/rtm_uapi.h"
#include "rtm_trie.h"

/* What a NEW request does if the object exists, and if it does not. */
#define RTM_NEW_FLAGS (NLM_F_REPLACE | NLM_F_EXCL | NLM_F_CREATE | NLM_F_APPEND)

/**
 * struct rtm_count - how many objects there are
 * @live: objects that can be found; under &rtm_net.lock
 * @held: objects whose memory is not freed: @live, those that RCU readers may
 *	still see, and those of requests that are being handled
 */
struct rtm_count {
	unsigned int live;
	atomic_t held;
};

/**
 * struct rtm_net - state of a network namespace
 * @sk: kernel socket, for its release alone: a request may arrive before it is
 *	stored here, and finds the socket in its skb
 * @lock: held by every change, from the first lookup to the last event
 * @seq: write side held while a change takes effect, so that readers see all
 *	of it or nothing
 * @names: tables by name
 * @tables: tables by id, which is the order of dumps
 * @next_id: where the search for a free id starts, so that ids are reused late
 * @n_tables: number of tables
 * @n_routes: number of routes in all tables
 * @generation: of the last change; under @seq
 * @events: events that were sent
 * @events_lost: events that could not be built
 */
struct rtm_net {
	struct sock *sk;
	struct mutex lock; /* whatever is not under @seq or atomic */
	seqlock_t seq;
	struct rhashtable names;
	struct xarray tables;
	u32 next_id;
	struct rtm_count n_tables;
	struct rtm_count n_routes;
	u64 generation;
	u64 events;
	u64 events_lost;
};

/**
 * struct rtm_table_info - what answers and events show of a table
 * @generation: of the last change
 * @routes: number of routes
 */
struct rtm_table_info {
	u64 generation;
	u32 routes;
};

/**
 * struct rtm_table - a table
 * @name: name, zeros behind it
 * @id: internal, not known to user space
 * @node: in &rtm_net.names
 * @trie: the routes
 * @info: generation and number of routes; under &rtm_net.seq
 * @rn: network namespace
 * @rcu: for freeing
 */
struct rtm_table {
	char name[RTM_NAME_MAX + 1];
	u32 id;
	struct rhash_head node;
	struct rtm_trie __rcu *trie;
	struct rtm_table_info info;
	struct rtm_net *rn;
	struct rcu_head rcu;
};

/**
 * struct rtm_nexthop - where packets go; gateway, interface, or both
 * @gateway: address in network order, zeros behind it
 * @gateway_len: 4, 16, or 0 without a gateway
 * @oif: name of the interface, zeros behind it; empty without one
 * @weight: the last member, because what is before it identifies a next hop
 */
struct rtm_nexthop {
	u8 gateway[sizeof(struct in6_addr)];
	u8 gateway_len;
	char oif[RTM_NAME_MAX + 1];
	u8 weight;
};

/**
 * struct rtm_route - route of a destination; immutable once it is visible
 * @rn: network namespace that it counts for
 * @generation: of the change that made it
 * @metric: metric
 * @n_hops: number of @hops
 * @rcu: for freeing
 * @hops: next hops
 */
struct rtm_route {
	struct rtm_net *rn;
	u64 generation;
	u32 metric;
	u32 n_hops;
	struct rcu_head rcu;
	struct rtm_nexthop hops[];
};

/**
 * struct rtm_request - a request and who sent it
 * @rn: state of the network namespace
 * @skb: datagram, whose socket is the kernel's
 * @nlh: message
 * @portid: port id of the requester
 * @extack: why it was refused
 */
struct rtm_request {
	struct rtm_net *rn;
	struct sk_buff *skb;
	struct nlmsghdr *nlh;
	u32 portid;
	struct netlink_ext_ack *extack;
};

/**
 * struct rtm_args - attributes of a request
 * @tb: attributes by type; the last one if several have the same type. The
 *	name of a table has the same type in all messages
 * @hops: next hops, in the order of the message
 * @n_hops: number of @hops
 * @table: name of the table, zeros behind it
 * @dst: destination, or the address to look up
 * @route: ROUTE_NEW: the route, which rtm_route_free() frees
 */
struct rtm_args {
	struct nlattr *tb[RTM_ROUTE_A_MAX + 1];
	const struct nlattr *hops[RTM_NEXTHOPS_MAX];
	unsigned int n_hops;
	char table[RTM_NAME_MAX + 1];
	struct rtm_prefix dst;
	struct rtm_route *route;
};

/* rtm_main.c: module and network namespaces */
struct rtm_net *rtm_net(const struct net *net);

/* rtm_request.c: message types and their handlers */
void rtm_input(struct sk_buff *skb);

/* rtm_msg.c: attributes of requests */
int rtm_parse(const struct rtm_request *req, struct rtm_args *args);
int rtm_parse_filter(const struct rtm_request *req, struct rtm_args *args);
int rtm_parse_nexthop(const struct nlattr *nla, u8 family,
		      struct rtm_nexthop *hop, struct netlink_ext_ack *extack);
int rtm_refuse_dst(const struct rtm_request *req, const struct rtm_args *args,
		   int err, const char *what, const char *more);

/* rtm_nexthop.c: next hops of a request and of a route */
int rtm_parse_nexthops(const struct rtm_request *req, struct rtm_args *args);
int rtm_append_nexthops(const struct rtm_request *req,
			const struct rtm_args *args,
			const struct rtm_route *old, struct rtm_route *both);

/* rtm_table.c: tables */
int rtm_tables_init(struct rtm_net *rn);
void rtm_tables_clear(struct rtm_net *rn);
void rtm_tables_destroy(struct rtm_net *rn);
struct rtm_table *rtm_table_named(const struct rtm_request *req,
				  const struct rtm_args *args);
struct rtm_trie *rtm_table_trie(const struct rtm_table *t);
void rtm_table_info(const struct rtm_table *t, struct rtm_table_info *info);
void rtm_table_changed(struct rtm_table *t, int routes);
int rtm_table_new(const struct rtm_request *req, const struct rtm_args *args);
int rtm_table_del(const struct rtm_request *req, const struct rtm_args *args);
int rtm_table_clear(const struct rtm_request *req, const struct rtm_args *args);

/* rtm_limit.c: how much a network namespace may have */
void rtm_limit_wait(const struct rtm_net *rn);
int rtm_limit_tables(const struct rtm_request *req,
		     const struct rtm_args *args);
int rtm_limit_routes(const struct rtm_request *req,
		     const struct rtm_args *args);

/* rtm_route.c: routes */
struct rtm_route *rtm_route_alloc(struct rtm_net *rn, unsigned int max_hops);
void rtm_route_free(struct rtm_route *route);
int rtm_route_new(const struct rtm_request *req, struct rtm_args *args);
int rtm_route_del(const struct rtm_request *req, const struct rtm_args *args);

/* rtm_fill.c: objects as messages, for answers, dumps and events alike */
int rtm_table_fill(struct sk_buff *skb, const struct nlmsghdr *head,
		   const char *name, const struct rtm_table_info *info);
int rtm_route_fill(struct sk_buff *skb, const struct nlmsghdr *head,
		   const char *table, const struct rtm_prefix *dst,
		   const struct rtm_route *route, u64 generation);

/* rtm_event.c: what subscribers are told */
void rtm_event(const struct rtm_request *req, const struct rtm_table *t,
	       const struct rtm_prefix *dst, const struct rtm_route *route);

/* rtm_dump.c: all tables, all routes */
int rtm_dump_start(const struct rtm_request *req, u32 table);

/* rtm_proc.c: counters */
int rtm_proc_init(struct net *net);
void rtm_proc_exit(struct net *net);

#endif /* _RTM_H */
