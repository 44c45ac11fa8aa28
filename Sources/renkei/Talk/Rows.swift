import Delivery
import Primitives

// One line for each row of a list, for people. Numbers that are typed again stand first.
extension Words {
    func sent(_ item: JSON) -> String {
        let copies = item["copies"]?.array ?? []
        return row([
            text(item["messageId"]), state(item["state"]?.string),
            urgency(item["urgency"]?.string), label(.sheetType, item["sheetType"]?.string),
            time(item["createdAt"]?.string),
            copies.map { member($0["to"]?.string) }.joined(separator: ", "),
        ])
    }

    func arrived(_ item: JSON) -> String {
        row(
            [
                text(item["messageId"]), state(item["state"]?.string),
                urgency(item["urgency"]?.string), label(.sheetType, item["sheetType"]?.string),
                text(item["fromName"]), time(item["receivedAt"]?.string),
            ] + (item["withdrawal"].map { [takenBack($0)] } ?? [])
        )
    }

    /// That its sender takes a message back, and why.
    func takenBack(_ withdrawal: JSON) -> String {
        let phrase = Phrase(ja: "取消・誤送信の申し出", en: "taken back by its sender")
        return phrase.text(language) + ": "
            + label(.retractionReason, withdrawal["reason"]?.string)
    }

    /// How far one recipient's copy has come.
    func copy(_ copy: JSON) -> String {
        row([
            state(copy["state"]?.string), time(copy["at"]?.string), member(copy["to"]?.string),
        ])
    }

    /// A message copy by copy, and under each what was said of it.
    func course(_ item: JSON) -> [String] {
        var lines: [String] = []
        if let reason = item["blockedFor"]?.string { lines.append(stopped(reason)) }
        if let withdrawal = item["withdrawal"] {
            lines.append(
                row([
                    Phrase(ja: "取消の申し出", en: "withdrawal").text(language),
                    withdrawal["requestedAt"].map { time($0.string) } ?? "-",
                    label(.retractionReason, withdrawal["reason"]?.string),
                ])
            )
        }
        for copy in item["copies"]?.array ?? [] {
            lines.append(self.copy(copy))
            if let answer = copy["withdrawal"] { lines.append("  " + answered(answer)) }
            if let refusal = copy["refusal"] { lines.append("  " + refused(refusal)) }
        }
        return lines
    }

    /// Why a message waits for a person, and what helps.
    private func stopped(_ code: String) -> String {
        let words = language == .japanese ? JapaneseErrors.entry(code) : nil
        return words.map { "\($0.summary)\($0.advice)" } ?? code
    }

    /// What became of a withdrawal at one copy.
    func answered(_ answer: JSON) -> String {
        let at = time((answer["openedAt"] ?? answer["releasedAt"] ?? answer["answeredAt"])?.string)
        let phrase =
            switch answer["outcome"]?.string.flatMap(WithdrawalOutcome.Code.init(rawValue:)) {
            case .neverReleased?:
                Phrase(ja: "交換所から出ていません（署名あり）", en: "never released (signed)")
            case .released?:
                Phrase(ja: "交換所から出た後でした。相手の返事を待っています", en: "released; the recipient answers")
            case .neverOpened?:
                Phrase(ja: "相手は開いておらず、開きません（署名あり）", en: "never opened (signed)")
            case .alreadyOpened?:
                Phrase(
                    ja: "すでに開かれていました。電話し、取消・訂正の依頼のシートを送ってください",
                    en: "already opened: telephone, and send a retraction request"
                )
            case nil: Phrase(ja: "-", en: "-")
            }
        return row([phrase.text(language), at])
    }

    /// Why a recipient's gateway refused, and who must act.
    private func refused(_ refusal: JSON) -> String {
        let code = refusal["code"]?.string ?? "-"
        let actor = refusal["whoMustAct"]?.string ?? "-"
        guard language == .japanese, let words = JapaneseErrors.entry(code) else {
            return row([code, actor])
        }
        let must = Self.actors[ByteText(actor)] ?? actor
        return "\(words.summary)\(words.advice)（対応: \(must)）"
    }

    private static let actors: [ByteText: String] = [
        "sender": "送った側", "recipient": "受け取る側", "operator": "運営者", "nobody": "不要",
    ]

    func receipt(_ receipt: JSON) -> String {
        let proved = receipt["proved"]?.bool == true
        let proof = Phrase(ja: proved ? "証明済" : "証明はまだ", en: proved ? "proved" : "not yet proved")
        var cells = [
            state(receipt["type"]?.string), issuer(receipt["issuer"]?.string),
            time(receipt["storedAt"]?.string), proof.text(language),
        ]
        if let by = receipt["by"]?.string {
            cells += [by, label(.profession, receipt["role"]?.string)]
        }
        return row(cells + ["SHA-256 \(text(receipt["sha256"]))"])
    }

    func member(_ item: JSON) -> String {
        row([
            text(item["memberId"]), label(.organisationType, item["type"]?.string),
            connection(item["connection"]?.string), yes(item["canReceive"]?.bool),
            text(item["name"]),
        ])
    }

    func organisation(_ item: JSON) -> String {
        row([
            text(item["memberId"]), label(.organisationType, item["type"]?.string),
            status(item["status"]?.string), text(item["name"]),
        ])
    }

    func registered(_ item: JSON) -> String {
        row([
            text(item["memberId"]), label(.organisationType, item["type"]?.string),
            status(item["status"]?.string), yes(item["joined"]?.bool), text(item["name"]),
        ])
    }

    func consent(_ item: JSON) -> String {
        row([
            text(item["consentRecordId"]), label(.consentStatus, item["status"]?.string),
            "\(text(item["validFrom"])) – \(item["validTo"]?.string ?? "")",
        ])
    }

    func audited(_ entry: JSON) -> String {
        let opened = entry["opened"]
        return row([
            time(entry["at"]?.string), text(entry["type"]),
            actor(entry["role"]?.string), text(opened?["actorName"]),
            outcome(entry["outcome"]?.integer),
        ])
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
