package import Primitives

/// The rules of an add-on to the care fee that depends on when information was given
/// (入院時情報連携加算), by the day of admission from which they hold.
///
/// Source: `Schemas/rules/admissionLiaison.json`.
package struct AddOnRules: Sendable {
    /// What of an admission makes a limit one day longer.
    package enum Circumstance: String, CaseIterable, Sendable {
        /// On a working day, after the office had closed (営業時間終了後).
        case admittedAfterHours
        /// On a day on which the office does not work (営業日以外の日).
        case admittedOnClosedDay
        /// The last day of the limit is one on which the office does not work.
        case lastDayIsClosed
    }

    package enum Tier: String, Hashable, Sendable { case first, second }

    /// One tier of one edition, and until when the information must be with the hospital.
    package struct Limit: Sendable {
        package let tier: Tier
        /// As printed: `(Ⅰ)`.
        package let label: String
        package let units: Int
        /// The day of admission is 1.
        package let lastDay: Int
        /// The following day counts too when all circumstances of one of these are given.
        package let nextDayWhen: [Set<Circumstance>]
    }

    /// The rules for admissions from one day on.
    package struct Edition: Sendable {
        package let validFrom: Day
        package let validTo: Day?
        package let law: String
        /// The best tier first.
        package let limits: [Limit]
    }

    package let name: String
    /// What is to be said beside every result.
    package let note: String
    /// Who may claim it.
    package let senders: Set<OrganisationType>
    private let editions: [Edition]

    /// Reads `{name, note, senders, editions: [{validFrom, validTo?, law, tiers}]}`.
    package init(_ json: JSON) throws(DecodingRefusal) {
        var reader = try ObjectReader(json)
        name = try reader.text("name")
        note = try reader.text("note")
        senders = Set(try reader.array("senders").compactMap(\.string).map { OrganisationType($0) })
        var editions: [Edition] = []
        for var row in try reader.objects("editions") {
            editions.append(try AddOnRules.edition(&row))
            try row.finish()
        }
        try reader.finish()
        self.editions = editions
    }

    /// The rules for an admission on `day`; nil before the first edition.
    package func edition(on day: Day) -> Edition? {
        editions.last { $0.validFrom <= day && $0.validTo.map { day <= $0 } ?? true }
    }

    private static func edition(_ row: inout ObjectReader) throws(DecodingRefusal) -> Edition {
        var limits: [Limit] = []
        for var tier in try row.objects("tiers") {
            limits.append(try limit(&tier))
            try tier.finish()
        }
        return Edition(
            validFrom: try row.value("validFrom") { Day($0) },
            validTo: try row.optionalValue("validTo") { Day($0) },
            law: try row.text("law"),
            limits: limits
        )
    }

    private static func limit(_ row: inout ObjectReader) throws(DecodingRefusal) -> Limit {
        var nextDayWhen: [Set<Circumstance>] = []
        for alternative in try row.array("nextDayWhen") {
            var all: Set<Circumstance> = []
            for word in alternative.array ?? [] {
                guard let circumstance = word.string.flatMap(Circumstance.init) else {
                    throw row.refusal(.badForm, "nextDayWhen")
                }
                all.insert(circumstance)
            }
            guard !all.isEmpty else { throw row.refusal(.badForm, "nextDayWhen") }
            nextDayWhen.append(all)
        }
        let lastDay = try row.integer("lastDay")
        guard (1...31).contains(lastDay) else { throw row.refusal(.badForm, "lastDay") }
        return Limit(
            tier: try row.value("tier") { Tier(rawValue: $0) },
            label: try row.text("label"),
            units: try row.integer("units"),
            lastDay: lastDay,
            nextDayWhen: nextDayWhen
        )
    }
}
