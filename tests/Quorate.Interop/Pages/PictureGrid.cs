using System.Globalization;
using Microsoft.Playwright;
using Quorate.Interop.Processes;

namespace Quorate.Interop.Pages;

/// <summary>
/// A picture as a coarse grid: of each cell how dark it is and which way its colour leans. Letters of another font change a cell a little, a
/// line, bar or colour that is missing changes it much.
/// </summary>
internal sealed class PictureGrid(string[] rows)
{
    /// <summary>The largest difference that another font may make.</summary>
    public const double DifferentMax = 0.025;

    private const int Columns = 96;
    private const int Lines = 40;
    private const int NearSteps = 1;

    // The commonest cell is the ground; all else is drawn.
    private readonly char ground = string.Concat(rows).GroupBy(c => c).OrderByDescending(g => g.Count()).First().Key;

    private string[] Rows => rows;

    /// <summary>The grid of a picture, which the browser itself decodes.</summary>
    public static async Task<PictureGrid> OfAsync(IBrowserContext context, byte[] png)
    {
        var blank = await context.NewPageAsync();
        var rows = await blank.EvaluateAsync<string[]>(
            """
            async ([png, columns, lines]) => {
              const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
              const canvas = new OffscreenCanvas(columns, lines), context = canvas.getContext('2d');
              context.imageSmoothingQuality = 'high';
              context.drawImage(picture, 0, 0, columns, lines);
              const data = context.getImageData(0, 0, columns, lines).data, rows = [];
              for (let y = 0; y < lines; y++) {
                let row = '';
                for (let x = 0; x < columns; x++) {
                  const [r, g, b] = data.slice((y * columns + x) * 4, (y * columns + x) * 4 + 3);
                  const level = Math.min(9, Math.floor((0.3 * r + 0.59 * g + 0.11 * b) / 25.6));
                  const lean = Math.max(r, g, b) - Math.min(r, g, b) < 36 ? 0 : r >= g && r >= b ? 1 : g >= b ? 2 : 3;
                  row += '0123456789abcdefghijklmnopqrstuvwxyzABCD'[lean * 10 + level];
                }
                rows.push(row);
              }
              return rows;
            }
            """,
            new object[] { Convert.ToBase64String(png), Columns, Lines });
        await blank.CloseAsync();
        return new PictureGrid(rows);
    }

    /// <summary>Fails where it is not like the stored one. With <c>UPDATE=1</c> it is stored instead.</summary>
    public void CompareWithStored(string name)
    {
        var file = Path.Combine(Project.Root, "tests", "Quorate.Interop", "Pages", "Expected", $"{name}.txt");
        if (Environment.GetEnvironmentVariable("UPDATE") == "1")
        {
            File.WriteAllLines(file, rows);
            return;
        }
        var part = DifferenceFrom(new PictureGrid(File.ReadAllLines(file)));
        Assert.True(part <= DifferentMax, string.Create(CultureInfo.InvariantCulture, $"{part:P1} of the picture {name} is different:\n{string.Join('\n', rows)}"));
    }

    /// <summary>What part of what is drawn in either of two pictures has nothing like it in the same place, or right beside it, in the other.</summary>
    public double DifferenceFrom(PictureGrid other)
    {
        Assert.Equal(other.Rows.Length, rows.Length);
        var (drawn, drawnThere) = (Drawn().ToList(), other.Drawn().ToList());
        var missing = drawn.Count(c => !other.HasNear(c.X, c.Y, rows[c.Y][c.X])) + drawnThere.Count(c => !HasNear(c.X, c.Y, other.Rows[c.Y][c.X]));
        return (double)missing / Math.Max(1, drawn.Count + drawnThere.Count);
    }

    private IEnumerable<(int X, int Y)> Drawn()
    {
        return Enumerable.Range(0, rows.Length).SelectMany(y => Enumerable.Range(0, Columns).Where(x => rows[y][x] != ground).Select(x => (x, y)));
    }

    private bool HasNear(int x, int y, char wanted)
    {
        for (var row = Math.Max(0, y - 1); row <= Math.Min(rows.Length - 1, y + 1); row++)
        {
            for (var column = Math.Max(0, x - 1); column <= Math.Min(Columns - 1, x + 1); column++)
            {
                if (rows[row][column] != ground && IsNear(rows[row][column], wanted))
                    return true;
            }
        }

        return false;
    }

    private static bool IsNear(char a, char b)
    {
        var (first, second) = (Place(a), Place(b));
        return Math.Abs(first % 10 - second % 10) <= NearSteps && first / 10 == second / 10;
    }

    private static int Place(char c) => "0123456789abcdefghijklmnopqrstuvwxyzABCD".IndexOf(c, StringComparison.Ordinal);
}
