import Primitives

/// What came of a run of seeds.
struct Total: Sendable {
    private(set) var seeds = 0
    private(set) var counts = SeedReport.Counts()
    private(set) var findings: [Finding.Kind: Int] = [:]
    private(set) var failingSeeds: [UInt64] = []

    var isGood: Bool { findings.isEmpty }

    mutating func add(_ report: SeedReport) {
        seeds += 1
        counts.add(report.counts)
        for finding in report.findings { findings[finding.kind, default: 0] += 1 }
        if !report.isGood { failingSeeds = (failingSeeds + [report.seed]).sorted() }
    }

    private var numbers: [(name: String, value: Int)] {
        [
            ("seeds", seeds), ("messages", counts.messages), ("accepted", counts.accepted),
            ("delivered", counts.delivered), ("refused", counts.refused),
            ("withdrawn", counts.withdrawn), ("expired", counts.expired),
            ("lost", findings[.lost] ?? 0), ("duplicated", findings[.duplicated] ?? 0),
            ("contradictions", findings[.contradiction] ?? 0),
        ]
    }

    var json: String {
        var object = JSONObject()
        for (name, value) in numbers { object[name] = .integer(Int64(value)) }
        object["failingSeeds"] = .array(failingSeeds.map { .integer(Int64($0)) })
        return JSON.object(object).canonicalText
    }

    var text: String {
        var words = numbers.map { "\($0.value) \($0.name)" }
        if !failingSeeds.isEmpty {
            words.append("failing seeds: " + failingSeeds.map(\.description).joined(separator: " "))
        }
        return words.joined(separator: ", ")
    }
}
