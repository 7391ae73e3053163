// A lock protects an invoice in a database that knows nothing of the cluster. A holder that stands still for longer than its session
// lasts wakes up and writes all the same: a column with the greatest token that was seen refuses it.
//
//   dotnet run
using Microsoft.Data.Sqlite;
using Quorate.Hosting;
using Quorate.Services.Recipes;

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.Services.AddQuorate(node => node
    .Named("invoices-1")
    .Listen("127.0.0.1:7001")
    .Data("invoice-data/1")
    .Recipes(new RecipeOptions { SessionTtl = TimeSpan.FromSeconds(2) }));
var app = builder.Build();
await app.StartAsync();
var locks = app.Services.GetRequiredService<IDistributedLocks>();

using var database = new SqliteConnection("Data Source=:memory:");
database.Open();
Execute("CREATE TABLE invoice (id INTEGER PRIMARY KEY, total INTEGER NOT NULL, fence INTEGER NOT NULL)");
Execute("INSERT INTO invoice VALUES (42, 0, 0)");

// The first holder takes the lock, and stands still: what it does next it does too late.
var slow = await locks.AcquireAsync("invoice/42");
Console.WriteLine($"the slow holder has token {slow.Token}");
await slow.DisposeAsync(); // Here the lock is let go; a process that stands still loses it in the same way, without noticing.

await using (var quick = await locks.AcquireAsync("invoice/42"))
{
    Console.WriteLine($"the quick holder has token {quick.Token}");
    Console.WriteLine($"the quick holder writes: {Save(100, quick.Token, quick.Lost)}");
}

Console.WriteLine($"the slow holder writes:  {Save(7, slow.Token, CancellationToken.None)}");
Console.WriteLine($"the invoice's total is {Scalar("SELECT total FROM invoice WHERE id = 42")}");
await app.StopAsync();

// One statement compares and writes, so that nothing comes in between. Whoever comes with a greater token shuts out all before it.
string Save(long total, long token, CancellationToken lost)
{
    lost.ThrowIfCancellationRequested();
    using var command = database.CreateCommand();
    command.CommandText = "UPDATE invoice SET total = $total, fence = $token WHERE id = 42 AND fence <= $token";
    command.Parameters.AddWithValue("$total", total);
    command.Parameters.AddWithValue("$token", token);
    return command.ExecuteNonQuery() == 1 ? "taken" : "refused, a later holder was here";
}

void Execute(string sql)
{
    using var command = database.CreateCommand();
    command.CommandText = sql;
    command.ExecuteNonQuery();
}

object? Scalar(string sql)
{
    using var command = database.CreateCommand();
    command.CommandText = sql;
    return command.ExecuteScalar();
}
