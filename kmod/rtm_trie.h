/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Routes by prefix: a path-compressed binary trie for each family.
 *
 * Writers exclude each other; readers need rcu_read_lock() alone.
 */

#ifndef _RTM_TRIE_H
#define _RTM_TRIE_H

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct rtm_route;

/**
 * enum rtm_family - families of addresses, in the order of dumps
 * @RTM_INET: 4 bytes
 * @RTM_INET6: 16 bytes
 * @RTM_FAMILIES: how many there are
 */
enum rtm_family {
	RTM_INET,
	RTM_INET6,
	RTM_FAMILIES
};

/**
 * struct rtm_prefix - a network, or with the full length an address
 * @bits: from the highest bit of the first word down; zero beyond @len
 * @len: number of bits that count
 * @family: of &enum rtm_family
 *
 * Numbers, not bytes: comparing them orders by address.
 */
struct rtm_prefix {
	u64 bits[2];
	u8 len;
	u8 family;
};

/**
 * struct rtm_trie - the routes of a table
 * @root: for each family
 * @lock: held by writers
 * @free: for freeing it with everything in it
 */
struct rtm_trie {
	struct rtm_node __rcu *root[RTM_FAMILIES];
	struct mutex *lock; /* of the namespace, for lockdep */
	struct rcu_work free;
};

/**
 * struct rtm_insertion - a route that a prefix is about to get
 * @slot: where @node goes; NULL if that is there and gets nothing but @route
 * @node: node
 * @route: route
 */
struct rtm_insertion {
	struct rtm_node __rcu **slot;
	struct rtm_node *node;
	struct rtm_route *route;
};

static inline unsigned int rtm_addr_len(u8 family)
{
	return family == RTM_INET ? sizeof(struct in_addr) :
				    sizeof(struct in6_addr);
}

bool rtm_prefix_has_host_bits(const struct rtm_prefix *p);

struct rtm_trie *rtm_trie_alloc(struct mutex *lock);
void rtm_trie_free(struct rtm_trie *trie);

struct rtm_route *rtm_trie_find(const struct rtm_trie *trie,
				const struct rtm_prefix *p);
struct rtm_route *rtm_trie_lookup(const struct rtm_trie *trie,
				  const struct rtm_prefix *addr,
				  struct rtm_prefix *found);
struct rtm_route *rtm_trie_next(const struct rtm_trie *trie,
				const struct rtm_prefix *last,
				struct rtm_prefix *found);

int __must_check rtm_trie_prepare(struct rtm_trie *trie,
				  const struct rtm_prefix *p,
				  struct rtm_route *route,
				  struct rtm_insertion *ins);
void rtm_trie_insert(const struct rtm_insertion *ins);
struct rtm_route *rtm_trie_remove(struct rtm_trie *trie,
				  const struct rtm_prefix *p);

int rtm_trie_init(void);
void rtm_trie_flush(void);
void rtm_trie_exit(void);

#endif /* _RTM_TRIE_H */
