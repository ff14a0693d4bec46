// SPDX-License-Identifier: GPL-2.0
/*
 * A path-compressed binary trie. A node has a key, and below it are the keys
 * that go on with a 0 or with a 1 bit; what lies between a node and the one
 * above it is skipped. A node has a route, two nodes below it, or all of that.
 *
 * Keys of visible nodes never change. A node that was taken out keeps its
 * pointers until it is freed, so a reader that is on it can go on.
 */

#include <linux/bitops.h>
#include <linux/limits.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "rtm.h"

struct rtm_node {
	struct rtm_node __rcu *child[2];
	struct rtm_route __rcu *route;
	struct rtm_prefix key;
	struct rcu_head rcu;
};

static struct kmem_cache *rtm_node_cache __read_mostly;
static struct workqueue_struct *rtm_trie_wq __read_mostly;

/* For writers, and for readers inside rcu_read_lock(). */
#define rtm_deref(trie, p) \
	rcu_dereference_check(p, lockdep_is_held((trie)->lock))

static unsigned int rtm_prefix_bit(const struct rtm_prefix *p, unsigned int i)
{
	return (p->bits[i / 64] >> (63 - i % 64)) & 1;
}

static u64 rtm_high_bits(unsigned int n)
{
	return n ? U64_MAX << (64 - n) : 0;
}

static void rtm_prefix_cut(struct rtm_prefix *p, unsigned int len)
{
	p->bits[0] &= rtm_high_bits(min(len, 64u));
	p->bits[1] &= rtm_high_bits(max(len, 64u) - 64);
	p->len = len;
}

/* Number of leading bits that both have. */
static unsigned int rtm_prefix_common(const struct rtm_prefix *a,
				      const struct rtm_prefix *b)
{
	u64 diff = a->bits[0] ^ b->bits[0];
	unsigned int same;

	if (diff)
		same = 64 - fls64(diff);
	else
		same = 128 - fls64(a->bits[1] ^ b->bits[1]);
	return min3(same, (unsigned int)a->len, (unsigned int)b->len);
}

/**
 * rtm_prefix_has_host_bits - is this an address rather than a network
 * @p: prefix, whose bits beyond the length may be set
 *
 * Return: true if a bit beyond the length is set.
 */
bool rtm_prefix_has_host_bits(const struct rtm_prefix *p)
{
	struct rtm_prefix net = *p;

	rtm_prefix_cut(&net, p->len);
	return net.bits[0] != p->bits[0] || net.bits[1] != p->bits[1];
}

static struct rtm_node *rtm_node_alloc(const struct rtm_prefix *key,
				       struct rtm_route *route)
{
	struct rtm_node *node;

	node = kmem_cache_zalloc(rtm_node_cache, GFP_KERNEL);
	if (!node)
		return NULL;
	node->key = *key;
	RCU_INIT_POINTER(node->route, route);
	return node;
}

static void rtm_node_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(rtm_node_cache,
			container_of(rcu, struct rtm_node, rcu));
}

/* Whether @p is what @node stands for, or a part of it. */
static bool rtm_node_covers(const struct rtm_node *node,
			    const struct rtm_prefix *p)
{
	return rtm_prefix_common(&node->key, p) == node->key.len;
}

/* The node below @node on the way to @p, which is longer than its key. */
static struct rtm_node *rtm_node_towards(const struct rtm_trie *trie,
					 const struct rtm_node *node,
					 const struct rtm_prefix *p)
{
	unsigned int bit = rtm_prefix_bit(p, node->key.len);

	return rtm_deref(trie, node->child[bit]);
}

/* The node with exactly this key; it may have no route. */
static struct rtm_node *rtm_node_find(const struct rtm_trie *trie,
				      const struct rtm_prefix *p)
{
	struct rtm_node *node = rtm_deref(trie, trie->root[p->family]);

	while (node && rtm_node_covers(node, p)) {
		if (node->key.len == p->len)
			return node;
		node = rtm_node_towards(trie, node, p);
	}
	return NULL;
}

/**
 * rtm_trie_find - the route of a prefix, exactly
 * @trie: routes
 * @p: prefix without host bits
 *
 * Return: the route, or NULL.
 */
struct rtm_route *rtm_trie_find(const struct rtm_trie *trie,
				const struct rtm_prefix *p)
{
	struct rtm_node *node = rtm_node_find(trie, p);

	return node ? rtm_deref(trie, node->route) : NULL;
}

/**
 * rtm_trie_lookup - the route of an address, by longest prefix
 * @trie: routes
 * @addr: address
 * @found: the prefix that matched
 *
 * Return: the route, or NULL, and @found is as it was.
 */
struct rtm_route *rtm_trie_lookup(const struct rtm_trie *trie,
				  const struct rtm_prefix *addr,
				  struct rtm_prefix *found)
{
	struct rtm_node *node = rtm_deref(trie, trie->root[addr->family]);
	struct rtm_route *best = NULL;
	struct rtm_route *route;

	while (node && rtm_node_covers(node, addr)) {
		route = rtm_deref(trie, node->route);
		if (route) {
			best = route;
			*found = node->key;
		}
		if (node->key.len == addr->len)
			break;
		node = rtm_node_towards(trie, node, addr);
	}
	return best;
}

/*
 * The least node whose key is greater than @p, ordered by address and then by
 * length, which is the order from the top down and from 0 to 1.
 */
static struct rtm_node *rtm_node_next(const struct rtm_trie *trie,
				      const struct rtm_prefix *p)
{
	struct rtm_node *node = rtm_deref(trie, trie->root[p->family]);
	struct rtm_node *greater = NULL;
	struct rtm_node *zero, *one;
	unsigned int same;

	while (node) {
		same = rtm_prefix_common(&node->key, p);
		if (same == p->len && same < node->key.len)
			return node;
		if (same < node->key.len)
			return rtm_prefix_bit(&node->key, same) ? node : greater;

		zero = rtm_deref(trie, node->child[0]);
		one = rtm_deref(trie, node->child[1]);
		if (same == p->len)
			return zero ?: one ?: greater;
		if (rtm_prefix_bit(p, same)) {
			node = one;
		} else {
			greater = one ?: greater;
			node = zero;
		}
	}
	return greater;
}

/* The first route at or behind @node. */
static struct rtm_route *rtm_node_route(const struct rtm_trie *trie,
					struct rtm_node *node,
					struct rtm_prefix *found)
{
	struct rtm_route *route;

	while (node) {
		*found = node->key;
		route = rtm_deref(trie, node->route);
		if (route)
			return route;
		node = rtm_node_next(trie, found);
	}
	return NULL;
}

/**
 * rtm_trie_next - the next route in the order of dumps
 * @trie: routes
 * @last: prefix of the last one, which need not be there any more; or NULL
 * @found: its prefix; may be the same as @last
 *
 * Return: the route, or NULL.
 */
struct rtm_route *rtm_trie_next(const struct rtm_trie *trie,
				const struct rtm_prefix *last,
				struct rtm_prefix *found)
{
	struct rtm_route *route = NULL;
	struct rtm_node *node;
	u8 family = 0;

	if (last) {
		family = last->family + 1;
		node = rtm_node_next(trie, last);
		route = rtm_node_route(trie, node, found);
	}
	for (; !route && family < RTM_FAMILIES; family++) {
		node = rtm_deref(trie, trie->root[family]);
		route = rtm_node_route(trie, node, found);
	}
	return route;
}

/* Puts @leaf and @node, which part at bit @len, below a new node. */
static struct rtm_node *rtm_node_fork(struct rtm_node *node,
				      struct rtm_node *leaf, unsigned int len)
{
	struct rtm_prefix key = node->key;
	unsigned int bit = rtm_prefix_bit(&leaf->key, len);
	struct rtm_node *fork;

	rtm_prefix_cut(&key, len);
	fork = rtm_node_alloc(&key, NULL);
	if (!fork)
		return NULL;
	RCU_INIT_POINTER(fork->child[bit], leaf);
	RCU_INIT_POINTER(fork->child[!bit], node);
	return fork;
}

/**
 * rtm_trie_prepare - allocate what it takes to give a prefix a route
 * @trie: routes
 * @p: prefix without host bits
 * @route: its route, or its new one
 * @ins: for rtm_trie_insert(), which must be the next change
 *
 * Return: 0, or -ENOMEM, and there is nothing to undo; never if the prefix has
 * a route already.
 */
int rtm_trie_prepare(struct rtm_trie *trie, const struct rtm_prefix *p,
		     struct rtm_route *route, struct rtm_insertion *ins)
{
	struct rtm_node __rcu **slot = &trie->root[p->family];
	struct rtm_node *node, *leaf;
	unsigned int same = 0;

	lockdep_assert_held(trie->lock);
	while ((node = rtm_deref(trie, *slot))) {
		same = rtm_prefix_common(&node->key, p);
		if (same < node->key.len)
			break;
		if (same == p->len) {
			*ins = (struct rtm_insertion) {
				.node = node,
				.route = route,
			};
			return 0;
		}
		slot = &node->child[rtm_prefix_bit(p, same)];
	}

	leaf = rtm_node_alloc(p, route);
	if (!leaf)
		return -ENOMEM;
	*ins = (struct rtm_insertion) { .slot = slot, .node = leaf };
	if (!node)
		return 0;
	if (same == p->len) {
		RCU_INIT_POINTER(leaf->child[rtm_prefix_bit(&node->key, same)],
				 node);
		return 0;
	}
	ins->node = rtm_node_fork(node, leaf, same);
	if (!ins->node) {
		kmem_cache_free(rtm_node_cache, leaf);
		return -ENOMEM;
	}
	return 0;
}

/**
 * rtm_trie_insert - give a prefix a route
 * @ins: from rtm_trie_prepare()
 *
 * The route that it had may still be seen by readers.
 */
void rtm_trie_insert(const struct rtm_insertion *ins)
{
	if (ins->slot)
		rcu_assign_pointer(*ins->slot, ins->node);
	else
		rcu_assign_pointer(ins->node->route, ins->route);
}

/* Takes out the node in @slot if it has neither a route nor two below it. */
static void rtm_node_splice(struct rtm_trie *trie,
			    struct rtm_node __rcu **slot)
{
	struct rtm_node *node = rtm_deref(trie, *slot);
	struct rtm_node *zero = rtm_deref(trie, node->child[0]);
	struct rtm_node *one = rtm_deref(trie, node->child[1]);

	if (rcu_access_pointer(node->route) || (zero && one))
		return;
	rcu_assign_pointer(*slot, zero ?: one);
	call_rcu(&node->rcu, rtm_node_free_rcu);
}

/**
 * rtm_trie_remove - take a route out
 * @trie: routes
 * @p: prefix that has a route
 *
 * Return: the route, which readers may still see.
 */
struct rtm_route *rtm_trie_remove(struct rtm_trie *trie,
				  const struct rtm_prefix *p)
{
	struct rtm_node __rcu **slot = &trie->root[p->family];
	struct rtm_node __rcu **above = NULL;
	struct rtm_node *node = rtm_deref(trie, *slot);
	struct rtm_route *route;

	lockdep_assert_held(trie->lock);
	while (node->key.len < p->len) {
		above = slot;
		slot = &node->child[rtm_prefix_bit(p, node->key.len)];
		node = rtm_deref(trie, *slot);
	}

	route = rtm_deref(trie, node->route);
	RCU_INIT_POINTER(node->route, NULL);
	rtm_node_splice(trie, slot);
	/* With one node less below it, the node above may be superfluous. */
	if (above)
		rtm_node_splice(trie, above);
	return route;
}

/**
 * rtm_trie_alloc - an empty trie
 * @lock: held by its writers
 *
 * Return: the trie, or NULL without memory.
 */
struct rtm_trie *rtm_trie_alloc(struct mutex *lock)
{
	struct rtm_trie *trie;

	trie = kzalloc(sizeof(*trie), GFP_KERNEL_ACCOUNT);
	if (trie)
		trie->lock = lock;
	return trie;
}

/*
 * Rotates to the right until the root has no left child, then frees the root:
 * needs no recursion and no memory.
 */
static void rtm_node_free_all(struct rtm_node *node)
{
	struct rtm_node *zero, *one;

	while (node) {
		zero = rcu_dereference_protected(node->child[0], true);
		if (zero) {
			one = rcu_dereference_protected(zero->child[1], true);
			RCU_INIT_POINTER(node->child[0], one);
			RCU_INIT_POINTER(zero->child[1], node);
			node = zero;
			continue;
		}
		one = rcu_dereference_protected(node->child[1], true);
		rtm_route_free(rcu_dereference_protected(node->route, true));
		kmem_cache_free(rtm_node_cache, node);
		node = one;
		cond_resched();
	}
}

static void rtm_trie_free_work(struct work_struct *work)
{
	struct rtm_trie *trie = container_of(to_rcu_work(work),
					     struct rtm_trie, free);
	unsigned int i;

	for (i = 0; i < RTM_FAMILIES; i++)
		rtm_node_free_all(rcu_dereference_protected(trie->root[i],
							    true));
	kfree(trie);
}

/**
 * rtm_trie_free - free a trie and its routes, soon
 * @trie: trie that nobody finds any more
 *
 * Waits for readers, and takes its time, elsewhere.
 */
void rtm_trie_free(struct rtm_trie *trie)
{
	INIT_RCU_WORK(&trie->free, rtm_trie_free_work);
	queue_rcu_work(rtm_trie_wq, &trie->free);
}

/**
 * rtm_trie_flush - wait until everything is freed that is to be freed
 *
 * Takes grace periods, so not to be called with a lock that others wait for.
 */
void rtm_trie_flush(void)
{
	/* Also queues what rtm_trie_free() was given. */
	rcu_barrier();
	flush_workqueue(rtm_trie_wq);
}

/**
 * rtm_trie_init - prepare for tries
 *
 * Return: 0 or -ENOMEM.
 */
int __init rtm_trie_init(void)
{
	rtm_node_cache = KMEM_CACHE(rtm_node, SLAB_ACCOUNT);
	if (!rtm_node_cache)
		return -ENOMEM;
	/* The work queue of dying namespaces flushes it, and has that flag. */
	rtm_trie_wq = alloc_workqueue("rtm", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (!rtm_trie_wq) {
		kmem_cache_destroy(rtm_node_cache);
		return -ENOMEM;
	}
	return 0;
}

/**
 * rtm_trie_exit - undo rtm_trie_init(), when no trie is left
 */
void rtm_trie_exit(void)
{
	rtm_trie_flush();
	destroy_workqueue(rtm_trie_wq);
	kmem_cache_destroy(rtm_node_cache);
}
