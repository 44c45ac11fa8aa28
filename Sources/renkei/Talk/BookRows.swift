import Primitives

// Lines about what is awaited, what came back, and which version is the newest.
extension Words {
    /// One open answer.
    func waiting(_ item: JSON, now: Timestamp) -> String {
        let due = item["due"]?.string.flatMap { Timestamp($0) }
        let isOverdue = due.map { $0 < now } ?? false
        let passed = Phrase(ja: "期限切れ", en: "overdue").text(language)
        let until = Phrase(ja: "期限", en: "due").text(language)
        let never = Phrase(ja: "期限なし", en: "no deadline").text(language)
        var cells = [
            item["messageId"]?.string ?? "-",
            due.map { "\(isOverdue ? passed : until) \(time($0.description))" } ?? never,
            kind(item["kind"]?.string),
        ]
        if let type = item["sheetType"]?.string { cells.append(label(.sheetType, type)) }
        cells.append(member(item["peer"]?.string))
        if let desk = item["desk"]?.string {
            cells.append(Phrase(ja: "担当窓口 \(desk)", en: "desk \(desk)").text(language))
        }
        if isOverdue, item["direction"]?.string == "awaited",
            let telephone = item["telephone"]?.string
        {
            cells.append(Phrase(ja: "電話 \(telephone)", en: "call \(telephone)").text(language))
        }
        return row(cells)
    }

    private func kind(_ code: String?) -> String {
        switch code {
        case "discharge": Phrase(ja: "退院の連絡", en: "word of the discharge").text(language)
        default: Phrase(ja: "返信", en: "reply").text(language)
        }
    }

    /// What a person must know of an own message besides its states.
    func tracked(_ json: JSON, now: Timestamp) -> [String] {
        var lines: [String] = []
        if let newest = json["newest"]?.string {
            lines.append(
                Phrase(
                    ja: "旧版です。新しい版は \(newest) です。",
                    en: "Old version. The newest is \(newest)."
                ).text(language)
            )
        }
        for notice in json["returned"]?.array ?? [] { lines += returned(notice) }
        for item in json["waiting"]?.array ?? [] { lines.append(waiting(item, now: now)) }
        if let addOn = json["addOn"] { lines += self.addOn(addOn, now: now) }
        return lines
    }

    /// 旧版 with the version after it, or 訂正版.
    func version(_ item: JSON) -> [String] {
        if let later = item["replacedBy"]?.string {
            return [Phrase(ja: "旧版（→ \(later)）", en: "old (→ \(later))").text(language)]
        }
        guard item["replaces"]?.string != nil else { return [] }
        return [Phrase(ja: "訂正版", en: "corrected").text(language)]
    }

    private func returned(_ notice: JSON) -> [String] {
        let isPatient = notice["reason"]?.string == "wrongPatient"
        let telephone = notice["telephone"]?.string ?? "-"
        let by = member(notice["by"]?.string)
        var lines = [
            Phrase(
                ja: isPatient
                    ? "⚑ 人違いの連絡がありました: \(by)" : "⚑ 宛先違いの連絡がありました: \(by)",
                en: isPatient
                    ? "⚑ \(by) says: about the wrong person" : "⚑ \(by) says: not for us"
            ).text(language)
        ]
        if let handling = notice["handling"]?.string {
            lines.append(
                Phrase(ja: "  取扱い: \(handling)", en: "  handling: \(handling)").text(language)
            )
        }
        lines.append(
            Phrase(
                ja: "  相手に電話して（\(telephone)）控えの扱いを確かめ、正しい宛先・利用者で送り直し、事故として記録してください。",
                en: "  Call them (\(telephone)), agree on what becomes of their copy, send it anew "
                    + "to the right place, and record the incident."
            ).text(language)
        )
        return lines
    }

    /// Which tier an arrival meets, or how long there is.
    func addOn(_ addOn: JSON, now: Timestamp) -> [String] {
        let name = addOn["name"]?.string ?? ""
        let arrivals = addOn["arrivals"]?.array ?? []
        var lines = arrivals.map { arrival in
            let at = time(arrival["deliveredAt"]?.string)
            let met = arrival["label"]?.string
            let word =
                met.map {
                    Phrase(ja: "\($0) の期間内に到着", en: "arrived in time for \($0)")
                } ?? Phrase(ja: "期間外に到着", en: "arrived too late")
            return row([name, word.text(language), at, member(arrival["to"]?.string)])
        }
        if arrivals.isEmpty {
            lines += (addOn["tiers"]?.array ?? []).map { row([name, tier($0, now: now)]) }
        }
        let proof = Phrase(
            ja: "  証拠は相手の署名した「到着」の受領証の時刻です。\(addOn["note"]?.string ?? "")",
            en: "  What counts is the time in the recipient's signed delivered receipt."
        )
        return lines + [proof.text(language)]
    }

    private func tier(_ tier: JSON, now: Timestamp) -> String {
        let label = tier["label"]?.string ?? ""
        let units = tier["units"]?.integer ?? 0
        let day = tier["lastDay"]?.string ?? ""
        let end = tier["until"]?.string.flatMap { Timestamp($0) } ?? now
        let left = end.since(now)
        let isOver = left <= .zero
        let minutes = left.inMilliseconds / 60_000
        let remaining = Phrase(
            ja: isOver ? "期限を過ぎました" : "残り \(minutes / 60)時間\(minutes % 60)分",
            en: isOver ? "over" : "\(minutes / 60) h \(minutes % 60) min left"
        ).text(language)
        return Phrase(
            ja: "\(label) \(units)単位  \(day) 24:00 まで  \(remaining)",
            en: "\(label) \(units) units  until the end of \(day)  \(remaining)"
        ).text(language)
    }
}
