import Delivery
import Primitives
import Storage

// What became of a message: a line for each copy, and under it what was said of it and what to do.
extension Words {
    /// A message copy by copy, and under each what was said of it.
    func course(_ item: JSON) -> [String] {
        var lines: [String] = []
        if let reason = item["blockedFor"]?.string { lines.append(stopped(reason)) }
        if let again = item["resentAs"]?.string { lines.append(resent(item, as: again)) }
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
            for warning in copy["warnings"]?.array ?? [] {
                lines.append("  " + row([warned(warning), telephone(copy)]))
            }
            if let refusal = copy["refusal"] { lines.append("  " + refused(refusal)) }
        }
        return lines
    }

    /// Who was left out when the others got a new message.
    private func resent(_ item: JSON, as message: String) -> String {
        let left = (item["copies"]?.array ?? []).filter { $0["state"]?.string == "queued" }
            .map { member($0["to"]?.string) }.joined(separator: ", ")
        let out = left.isEmpty ? "-" : left
        return Phrase(
            ja: "送り直しました（新しい受付番号 \(message)）。除いた宛先: \(out)",
            en: "Sent again as \(message), without: \(out)"
        ).text(language)
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
                    ja: "すでに開かれていました。電話し、使わないよう頼んでください",
                    en: "already opened: telephone, and ask them not to use it"
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

    /// A line of the list of what is late.
    func late(_ item: JSON) -> String {
        row([
            item["messageId"]?.string ?? "-", warned(item), telephone(item),
            member(item["peer"]?.string),
        ])
    }

    /// A day on which a peer differs: whom to call, and a line for each message that one of the two
    /// has not.
    func day(_ item: JSON) -> [String] {
        let head = row([
            item["day"]?.string ?? "-", telephone(item), member(item["peer"]?.string),
        ])
        guard item["missingHere"] != nil else {
            let waiting = Phrase(
                ja: "相手の番号の一覧がまだ届いていません",
                en: "the peer has not told its messages yet"
            )
            return [head, "  " + waiting.text(language)]
        }
        let sides = [
            ("missingHere", Phrase(ja: "当方に無い: 送り直してもらう", en: "missing here: ask for it")),
            ("missingThere", Phrase(ja: "相手に無い: 送り直す", en: "missing there: send it anew")),
        ]
        return [head]
            + sides.flatMap { name, said in
                (item[name]?.array ?? []).map { message in
                    "  " + row([message.string ?? "-", said.text(language)])
                }
            }
    }

    /// What is late since when, and what to do.
    private func warned(_ warning: JSON) -> String {
        let kind = warning["kind"]?.string.flatMap(WarningKind.init(rawValue:))
        return row([kind.map { $0.said.text(language) } ?? "-", time(warning["at"]?.string)])
    }

    private func telephone(_ item: JSON) -> String {
        guard let number = item["telephone"]?.string else { return "-" }
        return Phrase(ja: "電話 \(number)", en: "tel. \(number)").text(language)
    }
}

extension WarningKind {
    /// What is late, and the next step.
    var said: Phrase {
        switch self {
        case .notAccepted:
            Phrase(
                ja: "交換所がまだ受け付けていません。回線を確かめ、急ぐなら電話か紙で",
                en: "not accepted yet: check the line; telephone or paper if it is urgent"
            )
        case .notDelivered:
            Phrase(
                ja: "相手がまだ受け取っていません。急ぐなら電話を",
                en: "not delivered yet: telephone if it is urgent"
            )
        case .notDeliveredAgain:
            Phrase(
                ja: "相手が受け取らないままです。電話し、紙で渡してください",
                en: "still not delivered: telephone, and hand it over on paper"
            )
        case .noReceipt:
            Phrase(
                ja: "取り出されましたが受領証がありません。届いたかを電話で確かめてください",
                en: "fetched without a receipt: ask by telephone whether it arrived"
            )
        case .notOpened:
            Phrase(ja: "まだ開かれていません。電話で知らせてください", en: "not opened yet: telephone")
        case .notOpenedAgain:
            Phrase(
                ja: "開かれないままで、差出人にも知らされました。すぐに開いてください",
                en: "still not opened, and its sender was told: open it now"
            )
        case .notConfirmed:
            Phrase(
                ja: "開かれましたが受領確認がありません。電話で確かめてください",
                en: "opened, not confirmed: ask by telephone"
            )
        case .notConfirmedAgain:
            Phrase(
                ja: "受領確認がないままで、差出人にも知らされました。確認してください",
                en: "still not confirmed, and its sender was told: confirm it"
            )
        case .conflict:
            Phrase(
                ja: "終わった配達に受領証が届きました。相手と電話で話してください",
                en: "a receipt came after the end: talk to the other side by telephone"
            )
        }
    }
}
