import Configuration
import Delivery
import Directory
import Primitives

extension Command {
    static let deliveryList = Command(
        ["exchange", "delivery", "list"],
        (
            Phrase(ja: "期限を過ぎて受領証のない配達の一覧", en: "list deliveries without a receipt"),
            Example(
                "exchange delivery list",
                Phrase(ja: "電話で確かめる相手", en: "whom to ask by telephone")
            )
        ),
        options: [.data, .unlockFile, .json]
    ) { invocation, console in
        let answer = try await Place(.exchange, invocation).ask(ControlCall("delivery.list"))
        let items = answer.json["items"]?.array ?? []
        if items.isEmpty, !invocation.has(.json) { console.nothing() }
        let words = Words(language: console.language)
        for item in items {
            console.data(invocation.has(.json) ? item.canonicalText : words.unacknowledged(item))
        }
        return .done
    }

    private static let member = "maaaaaaaaaaaaaaaaaaaaaaaaaa"

    static let deliveryClose = Command(
        ["exchange", "delivery", "close"],
        (
            Phrase(ja: "受領証のない配達を不達として閉じる", en: "close a delivery as undeliverable"),
            Example(
                "exchange delivery close \(Example.message) --from \(member) --to \(member)",
                Phrase(ja: "期限から 7 日後、電話で確かめてから", en: "7 days after its end, after a call")
            )
        ),
        arguments: [.message],
        options: [.data, .unlockFile, .deliverySender, .recipient, .closing, .json]
    ) { invocation, console in
        guard let from = invocation.text(.deliverySender), let to = invocation.text(.recipient)
        else {
            throw UsageError.argumentMissing("--from ID --to ID", of: invocation.command.path)
        }
        let message = invocation.text(.message)
        do {
            _ = try await Place(.exchange, invocation).ask(
                ControlCall(
                    "delivery.close",
                    [
                        "message": .string(message), "from": .string(from), "to": .string(to),
                        "reason": .string(invocation.text(.closing) ?? "noReceipt"),
                    ]
                )
            )
        } catch let error as any Explained where error.code.hasSameBytes(as: "outOfOrder") {
            throw NotToBeClosed()
        }
        console.done(
            invocation,
            ["messageId": .string(message), "state": "undeliverable"],
            Phrase(
                ja: "不達として閉じました。両方の機関に署名した知らせが届きます。",
                en: "Closed as undeliverable; both sides are told under signature."
            )
        )
        return .done
    }
}

/// It has a receipt, has ended, or its time is not over long enough.
struct NotToBeClosed: Spoken {
    var code: String { "outOfOrder" }
    var isTemporary: Bool { false }

    var said: (summary: Phrase, advice: Phrase) {
        (
            Phrase(
                ja: "この配達はまだ閉じられないか、もう終わっています。",
                en: "This delivery cannot be closed yet, or has ended."
            ),
            Phrase(
                ja: "閉じられる時刻を exchange delivery list で見て、先に受け取る側に電話してください。",
                en: "See exchange delivery list for the time; telephone the recipient first."
            )
        )
    }
}

extension Words {
    fileprivate func unacknowledged(_ item: JSON) -> String {
        row([
            item["messageId"]?.string ?? "-", item["from"]?.string ?? "-",
            item["to"]?.string ?? "-", time(item["releasedAt"]?.string),
            time(item["closableAt"]?.string),
        ])
    }
}

extension Option {
    fileprivate static let deliverySender = Option(
        "from",
        "ID",
        Phrase(ja: "差出人の会員番号", en: "member id of the sender"),
        form: .of { MemberID($0) }
    )
    fileprivate static let closing = Option(
        "reason",
        "CODE",
        Phrase(ja: "理由（既定 noReceipt）", en: "why, default noReceipt"),
        form: .choice(UndeliverableReason.allCases.map(\.rawValue))
    )
}
