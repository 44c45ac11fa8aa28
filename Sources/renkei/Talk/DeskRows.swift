import Primitives

// Lines about desks: hours, absence, deputies, ケアマネタイム.
extension Words {
    /// What a sender is told of desks that are closed or away now.
    func receptions(_ queued: JSON, now: Timestamp) -> [Phrase] {
        (queued["receptions"]?.array ?? []).flatMap { reception in
            let name = reception["name"]?.string ?? "-"
            let desk = reception["desk"]?.string ?? ""
            let telephone = reception["telephone"]?.string ?? "-"
            var lines: [Phrase] = []
            if let absence = reception["absence"] {
                let until = absence["to"]?.string ?? ""
                let text = absence["text"]?.string ?? ""
                lines.append(
                    Phrase(
                        ja: "注意: \(name) \(desk) は \(until) まで不在です（\(text)）。",
                        en: "note: \(name) \(desk) is away until \(until) (\(text))."
                    )
                )
            }
            if let opens = reception["opensAt"]?.string {
                lines.append(
                    Phrase(
                        ja:
                            "注意: \(name) \(desk) は今は受付時間外です（次は \(time(opens))）。"
                            + "急ぐときは電話 \(telephone)。",
                        en: "note: \(name) \(desk) is closed, opens \(time(opens)); "
                            + "if urgent call \(telephone)."
                    )
                )
            }
            return lines
        }
    }

    /// A member of the directory as a sender needs it.
    func shown(_ json: JSON) -> [String] {
        var lines = [
            row([
                json["memberId"]?.string ?? "-", label(.organisationType, json["type"]?.string),
                connection(json["connection"]?.string), status(json["status"]?.string),
                json["name"]?.string ?? "-",
            ])
        ]
        if let mark = keyMark(json) { lines.append(mark) }
        let facts: [(name: Phrase, value: String?)] = [
            (Phrase(ja: "所在地", en: "address"), json["address"]?.string),
            (Phrase(ja: "電話", en: "telephone"), json["telephone"]?.string),
            (Phrase(ja: "緊急の電話", en: "in emergencies"), json["emergencyTelephone"]?.string),
            (Phrase(ja: "FAX", en: "fax"), json["fax"]?.string),
        ]
        for fact in facts {
            guard let value = fact.value, !value.isEmpty else { continue }
            lines.append("\(fact.name.text(language)) \(value)")
        }
        if json["connection"]?.string == "paper" {
            lines.append(
                Phrase(ja: "紙（FAX）でのみ受け取ります。", en: "Receives on paper (fax) only.")
                    .text(language)
            )
        }
        for item in json["desks"]?.array ?? [] {
            lines += desk(item, today: json["today"]?.string)
        }
        return lines
    }

    /// One desk, with everything it says of itself.
    func desk(_ desk: JSON, today: String? = nil) -> [String] {
        var lines = [
            row(
                [
                    desk["deskId"]?.string ?? "-", desk["name"]?.string ?? "-",
                    desk["telephone"]?.string ?? "",
                ].filter { !$0.isEmpty }
            )
        ]
        for hours in desk["hours"]?.array ?? [] {
            lines.append("  " + Phrase(ja: "受付", en: "open").text(language) + " " + span(hours))
        }
        for hours in desk["careManagerHours"]?.array ?? [] {
            lines.append(
                "  " + Phrase(ja: "ケアマネタイム", en: "for care managers").text(language) + " "
                    + row(
                        [span(hours), way(hours["way"]?.string), hours["note"]?.string ?? ""]
                            .filter { !$0.isEmpty }
                    )
            )
        }
        for deputy in desk["deputies"]?.array ?? [] {
            let id = deputy["deskId"]?.string ?? "-"
            lines.append("  " + Phrase(ja: "代わりの窓口 \(id)", en: "deputy \(id)").text(language))
        }
        if let absence = desk["absence"], (absence["to"]?.string ?? "") >= (today ?? "") {
            lines.append("  " + away(absence))
        }
        return lines
    }

    private func away(_ absence: JSON) -> String {
        let days = "\(absence["from"]?.string ?? "") – \(absence["to"]?.string ?? "")"
        let cover = absence["coveredBy"]?["deskId"]?.string
        let by = cover.map { Phrase(ja: "（代わり \($0)）", en: " (covered by \($0))").text(language) }
        return Phrase(ja: "不在", en: "away").text(language)
            + " \(days) \(absence["text"]?.string ?? "")" + (by ?? "")
    }

    private func span(_ hours: JSON) -> String {
        let days = (hours["days"]?.array ?? []).compactMap(\.string)
        let names = days.map { day in
            language == .japanese ? Self.weekdays[ByteText(day)] ?? day : day
        }
        let holidays =
            hours["holidays"]?.bool == true
            ? Phrase(ja: "（祝日も）", en: " (holidays too)").text(language) : ""
        return names.joined(separator: language == .japanese ? "" : ",")
            + " \(hours["from"]?.string ?? "")–\(hours["to"]?.string ?? "")" + holidays
    }

    private func way(_ way: String?) -> String {
        guard language == .japanese else { return way ?? "" }
        return switch way {
        case "telephone": "電話"
        case "visit": "訪問"
        case "system": "システム"
        default: way ?? ""
        }
    }

    private static let weekdays: [ByteText: String] = [
        "mon": "月", "tue": "火", "wed": "水", "thu": "木", "fri": "金", "sat": "土", "sun": "日",
    ]
}
