import Cryptography
import Directory
import Envelope
import Gateway
import Japanese
import Primitives
import Sheets

/// 入院時情報連携加算, as an evidence file shows it: computed here from signed facts.
struct AdmissionLine {
    private let admission: EvidenceAdmission
    private let clock: AddOnClock
    private let rules: AddOnRules

    /// nil where no such add-on goes with the sheet, or the catalogue of sheets is not installed.
    init?(
        _ file: EvidenceFile,
        _ root: Certificate,
        _ now: Timestamp
    ) throws(EvidenceFault) {
        guard let catalogue = AdmissionLine.catalogue,
            let admission = try EvidenceAdmission.verify(file, root: root, now: now, catalogue),
            let clock = AddOnClock(
                admission.sheet,
                rules: catalogue.admissionLiaison,
                calendar: OfficeCalendar(of: nil, in: admission.entry, catalogue.holidays)
            )
        else { return nil }
        self.admission = admission
        self.clock = clock
        rules = catalogue.admissionLiaison
    }

    func tell(_ console: Console, in path: String, isJSON: Bool) {
        let met = clock.met(by: admission.deliveredAt)
        guard !isJSON else {
            console.data([
                "evidence": .string(path), "fact": "addOn", "name": .string(rules.name),
                "deliveredAt": .string(admission.deliveredAt.description),
                "tier": met.map { .string($0.limit.tier.rawValue) },
                "tiers": .array(clock.deadlines.map(\.json)),
                "entryNumber": admission.entry.map { .integer(Int64($0.entryNumber)) },
            ])
            return
        }
        let words = Words(language: console.language)
        let number = admission.entry.map { String($0.entryNumber) } ?? "-"
        let verdict =
            met.map {
                Phrase(ja: "\($0.limit.label) の期間内に到着", en: "in time for \($0.limit.label)")
            } ?? Phrase(ja: "期間外に到着", en: "too late")
        let ground = Phrase(
            ja: "（到着の受領証、署名された入院日時、宛先帳の営業時間 第\(number)号から計算。\(rules.note)）",
            en: "(from the delivered receipt, the signed sheet, and entry \(number))"
        )
        console.data(
            words.row([
                rules.name, verdict.text(console.language),
                words.time(admission.deliveredAt.description), ground.text(console.language),
            ])
        )
    }

    /// Its absence fails no evidence.
    private static var catalogue: SheetCatalogue? {
        do { return try Installation.catalogue() } catch { return nil }
    }
}
