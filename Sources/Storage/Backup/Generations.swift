package import Primitives

/// Which backups of one place are kept: so many days, weeks and months, counted back from the
/// newest that there is, in Japan.
///
/// Of a day, a week and a month it is the newest one. Days without a backup count for nothing: who
/// made none for a month loses none by that. The files with the wrapped keys go by age alone.
package struct Generations: Hashable, Sendable {
    package var daily: Int
    package var weekly: Int
    package var monthly: Int
    /// How long a file with wrapped keys is kept.
    package var keys: Duration

    package init(
        daily: Int = 7,
        weekly: Int = 5,
        monthly: Int = 12,
        keys: Duration = Limits.keyBackups
    ) {
        self.daily = daily
        self.weekly = weekly
        self.monthly = monthly
        self.keys = keys
    }

    /// Of `backups` those that may go; the newest of each part never does.
    package func ended(_ backups: [BackupName], at now: Timestamp) -> Set<BackupName> {
        var ended: Set<BackupName> = []
        let places = Dictionary(grouping: backups) { $0.owner }
        for own in places.values {
            let stores = own.filter { $0.part == .store }
            ended.formUnion(Set(stores).subtracting(kept(stores)))
            let keys = own.filter { $0.part == .keys }.sorted { $0.madeAt < $1.madeAt }
            ended.formUnion(keys.dropLast().filter { now.since($0.madeAt) > self.keys })
        }
        return ended
    }

    private func kept(_ stores: [BackupName]) -> Set<BackupName> {
        let newestFirst = stores.sorted { $0.madeAt > $1.madeAt }
        func newest(_ count: Int, of span: (Day) -> Int) -> [BackupName] {
            var seen: Set<Int> = []
            let first = newestFirst.filter { seen.insert(span($0.madeAt.dayInJapan)).inserted }
            return Array(first.prefix(count))
        }
        // 1970-01-01 was a Thursday: weeks begin on Monday.
        let kept =
            newest(daily) { $0.daysSince1970 }
            + newest(weekly) { ($0.daysSince1970 + 3) / 7 }
            + newest(monthly) { $0.year * 12 + $0.month }
        return Set(kept + newestFirst.prefix(1))
    }
}
