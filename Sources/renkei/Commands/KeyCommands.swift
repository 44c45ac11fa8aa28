import Configuration
import Directory
import Gateway
import Primitives

extension Command {
    /// `gateway cert …`: the keys of an office.
    static let keys: [Command] = [certStatus, certRenew, certAffected, certReview]

    fileprivate static let storageUse = "storage"

    private static let certStatus = Command(
        ["gateway", "cert", "status"],
        (
            Phrase(ja: "鍵と証明書の状態", en: "how the keys of this office stand"),
            Example("gateway cert status", Phrase(ja: "残り日数と、切れると何が止まるか", en: "days left"))
        ),
        options: [.data, .unlockFile, .organisation, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let json = try await place.ask(ControlCall("cert.status", place.asking())).json
        console.keys(json, invocation)
        return json["state"]?.string?.hasSameBytes(as: "healthy") ?? false ? .done : .failed
    }

    private static let certRenew = Command(
        ["gateway", "cert", "renew"],
        (
            Phrase(ja: "鍵をいますぐ新しくする", en: "renew keys now"),
            Example(
                "gateway cert renew --as 辻本 --role careManager",
                Phrase(ja: "ふだんは自動で新しくなる", en: "they renew by themselves otherwise")
            )
        ),
        options: [.data, .unlockFile, .organisation, .keyUsage, .agent, .role, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        var members = JSONObject()
        let usage = invocation.text(.keyUsage)
        if usage?.hasSameBytes(as: storageUse) ?? false {
            members["storage"] = true
        } else {
            members["usage"] = usage.map { .string($0) }
        }
        let call = ControlCall("cert.renew", try place.acting(members))
        console.keys(try await place.ask(call).json, invocation)
        return .done
    }

    private static let certAffected = Command(
        ["gateway", "cert", "affected"],
        (
            Phrase(ja: "失効した鍵で署名されていた受信文書", en: "received sheets of revoked keys"),
            Example("gateway cert affected", Phrase(ja: "開封した人と、確認の状況", en: "who has read them"))
        ),
        options: [.data, .unlockFile, .organisation, .json]
    ) { invocation, console in
        let place = Place(.gateway, invocation)
        let json = try await place.ask(ControlCall("cert.affected", place.asking())).json
        let words = Words(language: console.language)
        let items = json["items"]?.array ?? []
        for item in items {
            console.data(invocation.has(.json) ? item.canonicalText : words.affected(item))
        }
        if items.isEmpty { console.nothing() }
        if let open = items.first(where: { $0["decision"] == nil })?["messageId"]?.string {
            console.next(
                "gateway cert review \(open) --decision CODE --as NAME --role CODE",
                after: invocation
            )
        }
        return .done
    }

    private static let certReview = Command(
        ["gateway", "cert", "review"],
        (
            Phrase(ja: "失効した鍵の文書を確かめた結果を残す", en: "record what was done about one"),
            Example(
                "gateway cert review \(Example.message) --decision enquired --as 辻本 "
                    + "--role careManager",
                Phrase(ja: "送り主に照会した", en: "the sender was asked")
            )
        ),
        arguments: [.message],
        options: [.data, .unlockFile, .organisation, .decision, .agent, .role, .json]
    ) { invocation, console in
        guard let decision = invocation.text(.decision) else {
            throw UsageError.argumentMissing("--decision", of: invocation.command.path)
        }
        let place = Place(.gateway, invocation)
        let members: JSONObject = [
            "message": .string(invocation.text(.message)), "decision": .string(decision),
        ]
        let answer = try await place.ask(ControlCall("cert.review", try place.acting(members)))
        console.done(
            invocation,
            answer.json,
            Phrase(ja: "記録しました。", en: "It is on record.")
        )
        return .done
    }
}

extension Option {
    fileprivate static let keyUsage = Option(
        "usage",
        "USE",
        Phrase(
            ja: "鍵の種類（指定しなければ証明書のあるもの。storage は保存場所の鍵）",
            en: "one use; unless given all with certificates; storage: that of the store"
        ),
        form: .choice(MemberKeyUsage.allCases.map(\.rawValue) + [Command.storageUse])
    )
    fileprivate static let decision = Option(
        "decision",
        "CODE",
        Phrase(ja: "confirmed 確認した、enquired 送り主に照会した", en: "confirmed or enquired"),
        form: .choice(OrganisationGateway.Affected.Decision.allCases.map(\.rawValue))
    )
}

extension Console {
    /// The state in a sentence, then a line for each key.
    fileprivate func keys(_ json: JSON, _ invocation: Invocation) {
        guard !invocation.has(.json) else { return data(json) }
        let words = Words(language: language)
        data(words.keyState(json["state"]?.string))
        for key in json["keys"]?.array ?? [] { data(words.key(key)) }
        let open = json["affected"]?.integer ?? 0
        guard open > 0 else { return }
        talk(
            Phrase(
                ja: "失効した鍵で署名されていた受信文書が \(open) 件あります。確かめてください。",
                en: "\(open) received sheets were signed by a key that was revoked: review them."
            )
        )
        next("gateway cert affected", after: invocation)
    }
}
