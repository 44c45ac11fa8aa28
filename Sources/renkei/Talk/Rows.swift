import Audit
import Directory
import Pages
import Primitives

// One line for each row of a list, for people. Numbers that are typed again stand first.
extension Words {
    func sent(_ item: JSON) -> String {
        let copies = item["copies"]?.array ?? []
        return row(
            [
                text(item["messageId"]), state(item["state"]?.string),
                urgency(item["urgency"]?.string), label(.sheetType, item["sheetType"]?.string),
                time(item["createdAt"]?.string),
                copies.map { member($0["to"]?.string) }.joined(separator: ", "),
            ] + version(item) + returned(item)
        )
    }

    /// That somebody says it came to the wrong place: 返信あり alone would hide it.
    private func returned(_ item: JSON) -> [String] {
        guard item["returned"]?.bool == true else { return [] }
        return [
            Phrase(
                ja: "⚑ 宛先違い・人違いの連絡あり（track で確認）",
                en: "⚑ reported as sent to the wrong place or person: see track"
            ).text(language)
        ]
    }

    func arrived(_ item: JSON) -> String {
        row(
            [
                text(item["messageId"]), state(item["state"]?.string),
                urgency(item["urgency"]?.string), label(.sheetType, item["sheetType"]?.string),
                text(item["fromName"]), time(item["receivedAt"]?.string),
            ] + version(item) + (item["withdrawal"].map { [takenBack($0)] } ?? [])
                + setApart(item["reason"]?.string)
        )
    }

    /// What a person can do about a message that is set apart.
    private func setApart(_ reason: String?) -> [String] {
        guard reason == "senderKeyChanged" else { return [] }
        return [
            Phrase(
                ja: "差出人の鍵が新しくなりました（要確認）: directory fingerprint で読み合わせてください",
                en: "its sender has new keys: compare with directory fingerprint"
            ).text(language)
        ]
    }

    /// That its sender takes a message back, and why.
    func takenBack(_ withdrawal: JSON) -> String {
        let phrase = Phrase(ja: "取消・誤送信の申し出", en: "taken back by its sender")
        return phrase.text(language) + ": "
            + label(.retractionReason, withdrawal["reason"]?.string)
    }

    /// 二重送信: the same sheet has gone already.
    func repeated(_ earlier: JSON, by message: String) -> Phrase {
        let (at, id) = (time(earlier["at"]?.string), text(earlier["messageId"]))
        let isPaper = earlier["paper"]?.bool == true
        return Phrase(
            ja: "注意: 同じ方の同じ書類を、同じ宛先に \(at) に\(isPaper ? "紙で" : "")送っています"
                + "（\(id)）。二重なら withdraw \(message) で取り消してください。",
            en: "note: the same sheet for the same person went to the same recipient at \(at)"
                + "\(isPaper ? " on paper" : "") (\(id)); if twice, withdraw \(message)."
        )
    }

    /// How far one recipient's copy has come.
    func copy(_ copy: JSON) -> String {
        row([
            state(copy["state"]?.string) + way(copy), time(copy["at"]?.string),
            member(copy["to"]?.string),
        ])
    }

    /// How it was opened where the desk's right was passed over.
    private func way(_ item: JSON) -> String {
        item["emergency"]?.bool == true ? Phrase.emergency.text(language) : ""
    }

    func receipt(_ receipt: JSON) -> String {
        let proved = receipt["proved"]?.bool == true
        let proof = Phrase(ja: proved ? "証明済" : "証明はまだ", en: proved ? "proved" : "not yet proved")
        var cells = [
            state(receipt["type"]?.string) + way(receipt), issuer(receipt["issuer"]?.string),
            time(receipt["storedAt"]?.string), proof.text(language),
        ]
        if let by = receipt["by"]?.string {
            cells += [by, label(.profession, receipt["role"]?.string)]
        }
        return row(cells + ["SHA-256 \(text(receipt["sha256"]))"])
    }

    func member(_ item: JSON) -> String {
        row(
            [
                text(item["memberId"]), label(.organisationType, item["type"]?.string),
                connection(item["connection"]?.string), yes(item["canReceive"]?.bool),
                text(item["name"]),
            ] + (item["officeNumbers"]?.array ?? []).map { text($0) }
                + [standing(item), keyMark(item)].compactMap(\.self)
        )
    }

    /// Of `member`.
    var memberHeading: Phrase {
        Phrase(
            ja: row(["会員番号", "種類", "つながり方", "受信できるか", "名称", "事業所番号", "注意"]),
            en: row(["member id", "type", "connection", "receives", "name", "office no.", "marks"])
        )
    }

    /// That a member takes no part now.
    private func standing(_ item: JSON) -> String? {
        let code = item["status"]?.string
        return code == nil || code == MemberStatus.active.rawValue ? nil : status(code)
    }

    func organisation(_ item: JSON) -> String {
        row([
            text(item["memberId"]), label(.organisationType, item["type"]?.string),
            status(item["status"]?.string), text(item["telephone"]), text(item["name"]),
        ])
    }

    /// Of `registered`.
    var registeredHeading: Phrase {
        Phrase(
            ja: row(["会員番号", "種類", "状態", "参加済み", "鍵の期限", "電話", "名称"]),
            en: row(["member id", "type", "status", "joined", "key ends in", "telephone", "name"])
        )
    }

    func registered(_ item: JSON) -> String {
        row([
            text(item["memberId"]), label(.organisationType, item["type"]?.string),
            status(item["status"]?.string), yes(item["joined"]?.bool),
            daysLeft(item["daysLeft"]?.integer), text(item["telephone"]), text(item["name"]),
        ])
    }

    /// Until the first key of a member ends; the operator calls before.
    private func daysLeft(_ days: Int64?) -> String {
        guard let days else { return "-" }
        return Phrase(ja: "残り\(days)日", en: "\(days) days left").text(language)
    }

    func consent(_ item: JSON) -> String {
        row([
            text(item["consentRecordId"]), label(.consentStatus, item["status"]?.string),
            "\(text(item["validFrom"])) – \(item["validTo"]?.string ?? "")",
        ])
    }

    func template(_ item: JSON) -> String {
        row([text(item["template"]), text(item["name"]), text(item["since"])])
    }

    func witness(_ item: JSON) -> String {
        let state: Phrase =
            switch item["state"]?.string {
            case "upToDate": Phrase(ja: "確認済", en: "up to date")
            case "refuses": Phrase(ja: "拒否（記録の分岐の疑い。監査者に連絡）", en: "refuses: fork suspected")
            case "hasSeenMore": Phrase(ja: "記録が短くなっています（監査者に連絡）", en: "log was cut")
            default: Phrase(ja: "確認待ち", en: "behind")
            }
        return row([
            text(item["name"]), text(item["tree"]),
            "\(item["cosigned"]?.integer ?? 0)/\(item["size"]?.integer ?? 0)",
            time(item["at"]?.string), state.text(language),
        ])
    }

    func audited(_ entry: JSON) -> String {
        let opened = entry["opened"]
        return row([
            time(entry["at"]?.string), event(entry["type"]?.string),
            actor(entry["role"]?.string), text(opened?["actorName"]),
            text(entry["account"] ?? opened?["patient"]),
            outcome(entry["outcome"]?.integer),
        ])
    }

    /// 気になる動き, in one line.
    func unusual(_ item: JSON) -> String {
        let kind =
            switch item["kind"]?.string {
            case "outsideHours"?: Phrase(ja: "受付時間外", en: "outside hours")
            case "manyPatients"?: Phrase(ja: "大量の閲覧", en: "many patients")
            case "breakGlass"?: Phrase(ja: "緊急閲覧", en: "emergency reading")
            case "ownFamilyName"?: Phrase(ja: "同じ姓", en: "own family name")
            default: Phrase(ja: "繰り返しの拒否", en: "repeated refusals")
            }
        let entries = item["entries"]?.array ?? []
        let numbers = entries.compactMap(\.integer).map { "\($0)" }.joined(separator: ",")
        let state =
            item["reviewedAt"] == nil
            ? Phrase(ja: "未確認", en: "not reviewed") : Phrase(ja: "確認済", en: "reviewed")
        return row([
            time(item["from"]?.string), kind.text(language), actor(item["role"]?.string),
            text(item["actorName"]),
            Phrase(ja: "記録 \(numbers)", en: "entries \(numbers)").text(language),
            state.text(language), text(item["details"]),
        ])
    }

    private func event(_ name: String?) -> String {
        guard language == .japanese, let event = name.flatMap(AuditEvent.init(rawValue:)) else {
            return name ?? ""
        }
        return EventWords.japanese(event)
    }

    /// Who acted: a person's profession, or what else a log names.
    private func actor(_ code: String?) -> String {
        switch (language, code) {
        case (.japanese, "member"?): "相手の機関"
        case (.japanese, "system"?): "自動"
        default: label(.profession, code)
        }
    }

    /// Codes of FHIR: 0 is success, the others are grades of failure.
    private func outcome(_ code: Int64?) -> String {
        guard let code else { return "-" }
        return code == 0
            ? Phrase(ja: "成功", en: "done").text(language)
            : Phrase(ja: "失敗 (\(code))", en: "failed (\(code))").text(language)
    }

    /// A member, or the exchange, which is no member of its own directory.
    func issuer(_ id: String?) -> String {
        guard let id, ExchangeID(id) != nil else { return member(id) }
        return Phrase(ja: "交換所", en: "exchange").text(language) + " (\(id))"
    }

    private func text(_ json: JSON?) -> String { json?.string ?? "-" }
}

extension Phrase {
    /// Beside an opening (緊急閲覧).
    static let emergency = Phrase(ja: "（緊急閲覧）", en: " (emergency reading)")
}
