import Delivery
import Japanese
import Primitives

/// A state in word and shape; colour repeats it.
struct StateWords: Sendable {
    let label: String
    let shape: String
    let color: String

    /// nil is what was set apart.
    init(_ state: DeliveryState?) {
        switch state {
        case nil: self.init("保留", "！", "red")
        case .draft?: self.init("下書き", "◌", "")
        case .queued?: self.init("送信待ち（取消可）", "◷", "")
        case .accepted?, .released?: self.init("送信済", "●", "blue")
        case .delivered?: self.init("到着", "●●", "blue")
        case .opened?: self.init("開封", "✉", "violet")
        case .confirmed?: self.init("受領確認", "✓", "green")
        case .replied?: self.init("返信あり", "↩", "green")
        case .undeliverable?: self.init("不達", "✕", "red")
        case .expired?: self.init("期限切れ", "⌛", "red")
        case .refused?: self.init("差戻し", "⤺", "red")
        case .withdrawn?: self.init("取消", "―", "")
        }
    }

    private init(_ label: String, _ shape: String, _ color: String) {
        self.label = label
        self.shape = shape
        self.color = color
    }

    /// The step that leads to it.
    var step: String { label.hasSameBytes(as: "返信あり") ? "返信" : label }

    var html: HTML {
        """
        <span class="state \(color)"><span aria-hidden="true">\(shape)</span> \(own: label)</span>
        """
    }

    /// Of what came in, 到着 is what nobody here has opened.
    static func received(_ state: DeliveryState?) -> HTML {
        guard state == .delivered else { return StateWords(state).html }
        return StateWords("未開封", "●●", "blue").html
    }
}

/// Times as people here read them: Japan's.
enum TimeWords {
    /// `11/19 16:40`.
    static func short(_ time: Timestamp) -> String {
        let day = time.dayInJapan
        return "\(day.month)/\(day.day) \(clock(time))"
    }

    /// `16:40`.
    static func clock(_ time: Timestamp) -> String {
        let minute = time.minuteOfDayInJapan
        return "\(minute / 60):" + Decimal.text(minute % 60, width: 2)
    }

    /// `16:40:05`.
    static func exact(_ time: Timestamp) -> String {
        let second = Int(time.milliseconds / 1000 % 60)
        return "\(clock(time)):" + Decimal.text(second, width: 2)
    }

    static func element(_ time: Timestamp) -> HTML {
        "<time datetime=\"\(time.description)\">\(short(time))</time>"
    }

    /// `2026/11/19 16:40`, where a list may span a year.
    static func dated(_ time: Timestamp) -> HTML {
        let year = time.dayInJapan.year
        return "<time datetime=\"\(time.description)\">\(year)/\(short(time))</time>"
    }

    /// `令和8年11月19日`; in English `2026-11-19`.
    static func date(_ day: Day) -> String {
        guard English.spoken == nil, let wareki = Wareki(day) else { return day.description }
        return wareki.text
    }

    static func day(_ day: Day) -> String { "\(day.month)/\(day.day)" }
}

extension DeliveryState {
    /// Somebody has had it on screen.
    var isOpened: Bool { [.opened, .confirmed, .replied].contains(self) }
}
