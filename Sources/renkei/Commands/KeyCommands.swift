import Configuration
import Directory
import Gateway
import Primitives

extension Command {
    /// `gateway cert …`: the keys of an office.
    static let keys: [Command] = [certStatus, certRenew]

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
        members["usage"] = invocation.text(.keyUsage).map { .string($0) }
        let call = ControlCall("cert.renew", try place.acting(members))
        console.keys(try await place.ask(call).json, invocation)
        return .done
    }
}

extension Option {
    fileprivate static let keyUsage = Option(
        "usage",
        "USE",
        Phrase(ja: "鍵の種類（指定しなければすべて）", en: "one use; all unless given"),
        form: .choice(MemberKeyUsage.allCases.map(\.rawValue))
    )
}

extension Console {
    /// The state in a sentence, then a line for each key.
    fileprivate func keys(_ json: JSON, _ invocation: Invocation) {
        guard !invocation.has(.json) else { return data(json) }
        let words = Words(language: language)
        data(words.keyState(json["state"]?.string))
        for key in json["keys"]?.array ?? [] { data(words.key(key)) }
    }
}
