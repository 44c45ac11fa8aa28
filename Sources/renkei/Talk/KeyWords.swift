import Gateway
import Primitives

// Keys in words for those who keep no keys: what for, how long, and what stops.
extension Words {
    func keyState(_ code: String?) -> String {
        (code.flatMap(KeyReport.State.init(rawValue:)) ?? .healthy).phrase.text(language)
    }

    /// One key: what it is for, its condition, days left, and what follows.
    func key(_ item: JSON) -> String {
        let usage = item["usage"]?.string ?? ""
        let condition = item["condition"]?.string.flatMap(KeyReport.Condition.init(rawValue:))
        let days = item["daysLeft"]?.integer ?? 0
        var cells = [
            Self.usage(usage).text(language),
            (condition ?? .healthy).phrase.text(language),
            Phrase(ja: "残り\(days)日", en: "\(days) days left").text(language),
            Phrase(ja: "期限 ", en: "until ").text(language) + time(item["notAfter"]?.string),
        ]
        if let next = item["nextFrom"]?.string {
            cells.append(
                Phrase(ja: "\(time(next)) から新しい鍵", en: "new key from \(time(next))").text(language)
            )
        } else {
            let at = time(item["renewsAt"]?.string)
            cells.append(Phrase(ja: "自動更新 \(at)", en: "renews itself \(at)").text(language))
        }
        cells.append(Self.stops(usage).text(language))
        return row(cells)
    }

    /// Of a member that began anew and whose keys nobody here has compared; nil for all others.
    func keyMark(_ member: JSON) -> String? {
        guard member["keyChanged"]?.bool == true else { return nil }
        return Phrase(
            ja: "鍵が新しくなりました（要確認）: directory fingerprint で読み合わせてください。",
            en: "New keys, to be checked: compare with directory fingerprint."
        ).text(language)
    }

    /// A member as its operator knows it, with its certificates for whoever is to revoke one.
    func enrolled(_ json: JSON, now: Timestamp) -> [String] {
        var lines = [registered(json)]
        if json["joined"]?.bool != true, json["connection"]?.string != "paper" {
            lines.append(
                Phrase(
                    ja: "まだ参加していません。参加票の期限が切れたときは exchange member recover で出し直せます。",
                    en: "It has not joined. For another paper: exchange member recover."
                ).text(language)
            )
        }
        return lines
            + (json["certificates"]?.array ?? []).map { certificate in
                let end = certificate["notAfter"]?.string
                let hasEnded = end.flatMap { Timestamp($0) }.map { $0 < now } ?? false
                let condition: KeyReport.Condition =
                    certificate["revoked"]?.bool == true ? .revoked : hasEnded ? .ended : .healthy
                let usage =
                    switch certificate["role"]?.string {
                    case "memberSigning": "signing"
                    case "memberTransport": "transport"
                    default: "encryption"
                    }
                return "  "
                    + row([
                        Self.usage(usage).text(language),
                        condition.phrase.text(language),
                        Phrase(ja: "期限 ", en: "until ").text(language) + time(end),
                        "SHA-256 \(certificate["sha256"]?.string ?? "-")",
                    ])
            }
    }

    private static func usage(_ code: String) -> Phrase {
        switch code {
        case "signing": Phrase(ja: "署名の鍵", en: "signing key")
        case "encryption": Phrase(ja: "受信の鍵", en: "key for incoming mail")
        default: Phrase(ja: "通信の鍵", en: "connection key")
        }
    }

    private static func stops(_ code: String) -> Phrase {
        switch code {
        case "signing": Phrase(ja: "切れると送信が止まる", en: "without it nothing is sent")
        case "encryption": Phrase(ja: "切れると新しい文書が届かない", en: "without it no new mail comes")
        default: Phrase(ja: "切れると交換所につながらない", en: "without it no connection")
        }
    }

    /// A received sheet whose signing key was revoked afterwards.
    func affected(_ item: JSON) -> String {
        let opened = item["openedAt"]?.string.map {
            "\(item["openedBy"]?.string ?? "-") (\(label(.profession, item["openedRole"]?.string)))"
                + " \(time($0))"
        }
        let unread = Phrase(ja: "未開封", en: "unread").text(language)
        let decision =
            switch item["decision"]?.string.flatMap(
                OrganisationGateway.Affected.Decision.init(rawValue:)
            ) {
            case .confirmed: Phrase(ja: "確認済", en: "confirmed")
            case .enquired: Phrase(ja: "送り主に照会済", en: "sender asked")
            case nil: Phrase(ja: "要確認", en: "to be checked")
            }
        return row([
            item["messageId"]?.string ?? "-", state(item["state"]?.string),
            label(.sheetType, item["sheetType"]?.string), item["fromName"]?.string ?? "-",
            time(item["acceptedAt"]?.string), opened ?? unread, decision.text(language),
        ])
    }
}

extension KeyReport.State {
    fileprivate var phrase: Phrase {
        switch self {
        case .healthy:
            Phrase(ja: "鍵はすべて有効です。自動で更新されます。", en: "All keys are good and renew themselves.")
        case .renewalOverdue:
            Phrase(
                ja: "鍵の更新が遅れています。交換所につながるか確かめてください。",
                en: "A renewal is late. Check the way to the exchange."
            )
        case .signingEnded:
            Phrase(
                ja: "署名の鍵が使えません。送信は待っています。運営者から新しい参加票を受け取ってください。",
                en:
                    "The signing key is no longer good: mail waits. Ask for a new paper."
            )
        case .encryptionLost:
            Phrase(
                ja: "受信の鍵が使えません。新しい鍵ができるまで、新しい文書は送り主で待っています。",
                en: "The key for incoming mail is gone; new mail waits for its successor."
            )
        case .transportEnded:
            Phrase(
                ja: "通信の鍵が切れています。運営者から新しい参加票を受け取ってください。",
                en: "The connection key has ended. Ask the operator for a new paper."
            )
        case .directoryStale:
            Phrase(
                ja: "宛先帳が3日以上新しくなっていません。回線を確かめてください。",
                en: "The address book is over three days old. Check the line."
            )
        case .foreignKey:
            Phrase(
                ja: "警告: この機関の名で、頼んでいない証明書が出ています。すぐ運営者に電話してください。",
                en:
                    "ALARM: a certificate in our name that nobody asked for. Call the operator."
            )
        }
    }
}

extension KeyReport.Condition {
    fileprivate var phrase: Phrase {
        switch self {
        case .healthy: Phrase(ja: "有効", en: "good")
        case .changing: Phrase(ja: "交替中", en: "changing")
        case .overdue: Phrase(ja: "更新遅れ", en: "renewal late")
        case .ended: Phrase(ja: "期限切れ", en: "ended")
        case .revoked: Phrase(ja: "失効", en: "revoked")
        case .lost: Phrase(ja: "鍵がない", en: "lost")
        }
    }
}
