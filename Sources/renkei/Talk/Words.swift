import Primitives

/// Codes, times and ids as people read them; `--json` prints them as they are.
///
/// Labels are those of the code lists in `Schemas/codes`. They are Japanese: in English a code
/// stands for itself.
struct Words: Sendable {
    enum List: String, CaseIterable {
        case sheetType = "SheetType"
        case organisationType = "OrgType"
        case profession = "Profession"
        case consentStatus = "ConsentStatus"
        case retractionReason = "RetractionReason"
    }

    let language: Language
    /// Members by their ids, as far as the directory knows them.
    var names: [ByteText: String] = [:]

    func label(_ list: List, _ code: String?) -> String {
        guard let code else { return "-" }
        guard language == .japanese else { return code }
        return Self.labels(list).first { $0.code.hasSameBytes(as: code) }?.label ?? code
    }

    /// The codes of a list with their labels, in its order; none where the list cannot be read.
    static func labels(_ list: List) -> [(code: String, label: String)] {
        let json: JSON
        do {
            let path = try Installation.schemas() + "/codes/\(list.rawValue).json"
            json = try JSON(reading: try Files.read(path, atMost: Limits.contentBytes), .general)
        } catch {
            // Labels are for comfort; what needs the catalogue itself reports that it is missing.
            return []
        }
        return (json["codes"]?.array ?? []).map {
            ($0["code"]?.string ?? "", $0["label"]?.string ?? "")
        }
    }

    func state(_ code: String?) -> String { DeliveryWords.word(code ?? "-", language) }

    func urgency(_ code: String?) -> String { word(code, Self.urgencies) }
    func status(_ code: String?) -> String { word(code, Self.statuses) }
    func connection(_ code: String?) -> String { word(code, Self.connections) }

    func yes(_ value: Bool?) -> String {
        Phrase(ja: value == true ? "はい" : "いいえ", en: value == true ? "yes" : "no").text(language)
    }

    /// Of an RFC 3339 time, in Japan: `2026-11-22 00:08:22 JST`.
    func time(_ text: String?) -> String {
        guard let time = text.flatMap({ Timestamp($0) }) else { return text ?? "-" }
        let clock = time.adding(.hours(9)).description.utf8.prefix(19)
        return String(decoding: clock.map { $0 == UInt8(ascii: "T") ? 0x20 : $0 }, as: UTF8.self)
            + " JST"
    }

    /// A member by name and id.
    func member(_ id: String?) -> String {
        guard let id else { return "-" }
        return names[ByteText(id)].map { "\($0) (\(id))" } ?? id
    }

    /// One row of a list: cells side by side.
    func row(_ cells: [String]) -> String { cells.joined(separator: "  ") }

    private func word(_ code: String?, _ words: [ByteText: String]) -> String {
        guard let code else { return "-" }
        return language == .japanese ? words[ByteText(code)] ?? code : code
    }

    private static let urgencies: [ByteText: String] = [
        "routine": "通常", "urgent": "至急", "emergency": "緊急",
    ]
    private static let statuses: [ByteText: String] = [
        "active": "利用中", "suspended": "停止中", "left": "退会",
    ]
    private static let connections: [ByteText: String] = [
        "gateway": "ゲートウェイ", "paper": "紙のみ",
    ]
}

extension Place {
    /// Words that know the members of the directory.
    func words(_ console: Console) async throws -> Words {
        let items = try await ask(ControlCall("directory", asking())).json["items"]?.array ?? []
        let pairs = items.map {
            (ByteText($0["memberId"]?.string ?? ""), $0["name"]?.string ?? "")
        }
        return Words(
            language: console.language,
            names: Dictionary(pairs) { _, last in last }
        )
    }
}
