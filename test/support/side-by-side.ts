/** Asks six at a time: side by side, but not so many that each waits for all. Answers in the order given. */
export async function ofEach<Cell, Found>(
  cells: readonly Cell[],
  found: (cell: Cell) => Promise<Found>,
): Promise<Found[]> {
  const all: Found[] = [];
  const rest = cells.entries();
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      for (const [place, cell] of rest) all[place] = await found(cell);
    }),
  );
  return all;
}
