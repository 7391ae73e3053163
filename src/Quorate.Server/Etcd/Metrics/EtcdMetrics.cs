using System.Diagnostics;
using System.Globalization;
using Quorate.Server.Etcd.Methods;
using Quorate.Server.Grpc;
using Quorate.Services.Coordination;

namespace Quorate.Server.Etcd.Metrics;

/// <summary>The figures of a node, under etcd's names where they mean the same.</summary>
/// <param name="maintenance">Where the figures are.</param>
/// <param name="table">The methods, for their calls.</param>
/// <remarks>Source: etcd 3.4, etcdserver/metrics.go, mvcc/metrics.go, go-grpc-prometheus and the Prometheus client's process collector.</remarks>
internal sealed class EtcdMetrics(IMaintenance maintenance, MethodTable table)
{
    /// <summary>All figures as text.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<string> TextAsync(CancellationToken cancellationToken)
    {
        var figures = await maintenance.FiguresAsync(cancellationToken);
        var text = new PrometheusText();
        AddServer(text, figures);
        AddStore(text, figures);
        AddTotals(text, figures.Totals);
        AddCalls(text);
        AddProcess(text);
        return text.ToString();
    }

    private static void AddServer(PrometheusText text, CoordinationFigures figures)
    {
        var status = figures.Status;
        var self = status.Header.MemberId;
        text.Gauge("etcd_server_has_leader", "Whether a leader is known: 1 or 0.", status.Leader != 0 ? 1 : 0);
        text.Gauge("etcd_server_is_leader", "Whether this member leads: 1 or 0.", status.Leader == self ? 1 : 0);
        text.Gauge("etcd_server_is_learner", "Whether this member has no vote: 1 or 0.", status.IsLearner ? 1 : 0);
        text.Gauge("etcd_server_id", "The member's id in hexadecimal.", 1, ("server_id", self.ToString("x", CultureInfo.InvariantCulture)));
        text.Gauge("etcd_server_version", "The version of the API that is served.", 1, ("server_version", status.Version));
        text.Gauge(
            "etcd_cluster_version", "The version of the API that the cluster serves.", 1,
            ("cluster_version", string.Join('.', status.Version.Split('.').Take(2))));
        text.Gauge("quorate_cluster_level", "The level of the cluster's log, up to which commands are applied.", figures.Level);
        text.Counter("etcd_server_leader_changes_seen_total", "How often another leader was seen.", figures.LeaderChanges);
        text.Gauge("etcd_server_proposals_committed_total", "The last committed entry.", status.RaftIndex);
        text.Gauge("etcd_server_proposals_applied_total", "The last applied entry.", status.RaftAppliedIndex);
        text.Gauge("etcd_server_proposals_pending", "Proposals under way.", figures.PendingProposals);
        text.Counter("etcd_server_proposals_failed_total", "Proposals that failed.", figures.FailedProposals);
        text.Gauge("etcd_server_quota_backend_bytes", "The most bytes of the store; 0 for no bound.", figures.QuotaBytes);
    }

    private static void AddStore(PrometheusText text, CoordinationFigures figures)
    {
        var status = figures.Status;
        text.Gauge("etcd_mvcc_db_total_size_in_bytes", "Bytes that the store takes.", status.DatabaseBytes);
        text.Gauge("etcd_mvcc_db_total_size_in_use_in_bytes", "Bytes of versions that are kept.", status.DatabaseBytesInUse);
        text.Gauge("etcd_debugging_mvcc_db_total_size_in_bytes", "Bytes that the store takes.", status.DatabaseBytes);
        text.Gauge("etcd_debugging_mvcc_current_revision", "The newest revision.", status.Header.Revision);
        text.Gauge("etcd_debugging_mvcc_compact_revision", "The last compaction's revision.", Math.Max(figures.CompactRevision, 0));
        text.Gauge("etcd_debugging_mvcc_keys_total", "Keys with a version that is kept.", figures.Keys);
        text.Gauge("etcd_debugging_mvcc_watch_stream_total", "Streams of watches.", figures.WatchStreams);
        text.Gauge("etcd_debugging_mvcc_watcher_total", "Watches.", figures.Watchers);
    }

    private static void AddTotals(PrometheusText text, StoreTotals totals)
    {
        foreach (var prefix in (string[])["etcd_mvcc_", "etcd_debugging_mvcc_"])
        {
            text.Counter(prefix + "put_total", "Puts that this member applied.", totals.Puts);
            text.Counter(prefix + "delete_total", "Deletions that this member applied.", totals.Deletes);
            text.Counter(prefix + "range_total", "Ranges that this member read.", totals.Ranges);
            text.Counter(prefix + "txn_total", "Transactions that this member applied.", totals.Transactions);
        }

        text.Counter("etcd_debugging_lease_granted_total", "Leases granted.", totals.LeasesGranted);
        text.Counter("etcd_debugging_lease_revoked_total", "Leases ended.", totals.LeasesRevoked + totals.LeasesExpired);
        text.Counter("etcd_debugging_server_lease_expired_total", "Leases that ran out.", totals.LeasesExpired);
    }

    private void AddCalls(PrometheusText text)
    {
        AddCalls(text, "grpc_server_started_total", "Calls that began.", static tally => tally.StartedCount);
        AddCalls(text, "grpc_server_msg_received_total", "Messages received.", static tally => tally.ReceivedCount);
        AddCalls(text, "grpc_server_msg_sent_total", "Messages sent.", static tally => tally.SentCount);
        const string Handled = "grpc_server_handled_total";
        text.Begin(Handled, "Calls that ended, by how.", "counter");
        foreach (var (path, method) in table.ByPath)
        {
            foreach (var code in Enum.GetValues<GrpcCode>())
                text.Sample(Handled, method.Tally.HandledCount(code), [("grpc_code", Name(code)), .. Labels(path, method)]);
        }
    }

    private void AddCalls(PrometheusText text, string name, string help, Func<MethodTally, long> value)
    {
        text.Begin(name, help, "counter");
        foreach (var (path, method) in table.ByPath)
            text.Sample(name, value(method.Tally), Labels(path, method));
    }

    private static (string Name, string Value)[] Labels(string path, GrpcMethod method)
    {
        var slash = path.LastIndexOf('/');
        return
        [
            ("grpc_method", path[(slash + 1)..]), ("grpc_service", path[1..slash]), ("grpc_type", method.Kind),
        ];
    }

    private static string Name(GrpcCode code) => code == GrpcCode.Ok ? "OK" : code.ToString();

    private static void AddProcess(PrometheusText text)
    {
        using var process = Process.GetCurrentProcess();
        text.Counter("process_cpu_seconds_total", "CPU time of the process in seconds.", process.TotalProcessorTime.TotalSeconds);
        text.Gauge("process_resident_memory_bytes", "Memory of the process that is in RAM.", process.WorkingSet64);
        text.Gauge("process_virtual_memory_bytes", "Address space of the process.", process.VirtualMemorySize64);
        var start = new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0;
        text.Gauge("process_start_time_seconds", "When the process began, in seconds since 1970.", start);
        text.Gauge("process_open_fds", "Open files and sockets.", process.HandleCount);
    }
}
