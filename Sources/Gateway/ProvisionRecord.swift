package import Directory
package import Primitives

/// 提供・受領の記録: what about one person this organisation gave to others and got from them.
///
/// Source: 個人情報保護法 29条 and 30条; `consent.md` 6.
package struct ProvisionRecord: Sendable, CustomStringConvertible {
    /// Oldest first.
    package let lines: [ProvisionLine]

    package var description: String { "ProvisionRecord" }

    init(_ lines: [ProvisionLine]) {
        self.lines = lines.sorted { ($0.at, $0.message) < ($1.at, $1.message) }
    }

    /// Whether something went on the ground of a law, which is not shown to the person or the
    /// family as a matter of course (C-13).
    package var hasLegalException: Bool { lines.contains(where: \.isLegalException) }

    package var file: CSVFile { CSVFile([Self.columns] + lines.map(\.fields)) }

    private static let columns = [
        "提供・受領の別", "日時", "相手先", "相手先の種別", "相手先の番号", "相手先の所在地", "本人の氏名",
        "本人の生年月日", "情報の項目", "同意などの根拠", "経路・取得の経緯", "受付番号",
    ]
}

/// One copy of a sheet that came to its recipient.
package struct ProvisionLine: Sendable, CustomStringConvertible {
    package enum Direction: Sendable {
        case provided, received

        package var word: String {
            switch self {
            case .provided: "提供"
            case .received: "受領"
            }
        }
    }

    /// The other organisation, as the directory knows it; without an entry there, by its number.
    package struct Peer: Sendable {
        package let name: String
        /// The label of its kind.
        package let type: String
        package let numbers: [OfficeNumber]
        package let address: String
    }

    package let direction: Direction
    /// When the recipient's gateway took it in; of a copy on paper, when it was sent off.
    package let at: Timestamp
    package let peer: Peer
    package let personName: String
    package let birthDate: String
    /// The sheet's name and what was enclosed.
    package let items: String
    /// What the sheet's statement of consent says.
    package let ground: String
    /// How it went; of what was received, how it was obtained.
    package let way: String
    package let isLegalException: Bool
    package let message: MessageID

    package var description: String { "ProvisionLine" }

    fileprivate var fields: [String] {
        [
            direction.word, Self.time(at), peer.name, peer.type, numbers, peer.address,
            personName, birthDate, items, ground, way, message.text,
        ]
    }

    private var numbers: String {
        peer.numbers.map { "\($0.kind.words) \($0.value)" }.joined(separator: "、")
    }

    /// `2026-11-19 16:40:05`, in Japan.
    private static func time(_ time: Timestamp) -> String {
        let minute = time.minuteOfDayInJapan
        let clock = [minute / 60, minute % 60, Int(time.milliseconds / 1000 % 60)].map {
            Decimal.text($0, width: 2)
        }
        return "\(time.dayInJapan) \(clock.joined(separator: ":"))"
    }
}

extension OfficeNumber.Kind {
    package var words: String {
        switch self {
        case .careOffice: "介護保険事業所番号"
        case .medicalInstitution: "医療機関コード"
        }
    }
}
