//! Writing route requests, under criterion.

use criterion::{Criterion, Throughput};
use nl_tlv_benches::workloads;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(std::time::Duration::from_millis(200))
        .measurement_time(std::time::Duration::from_millis(800))
        .configure_from_args();
    let workload = workloads::emit();
    let mut group = criterion.benchmark_group(workload.name);
    group.throughput(Throughput::Bytes(workload.bytes as u64));
    for (contender, mut run) in workload.entries {
        group.bench_function(contender, |bencher| bencher.iter(&mut run));
    }
    group.finish();
    criterion.final_summary();
}
