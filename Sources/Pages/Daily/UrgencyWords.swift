import Delivery
import Directory
import Primitives
import Sheets

/// 緊急度 in word and shape: what the sheet says, where it is known.
enum UrgencyWords {
    static func label(_ transport: Urgency, _ sheet: SheetUrgency?) -> HTML {
        switch sheet {
        case .emergency?: "<span class=\"label full\">緊急</span>"
        case .sameDay?: "<span class=\"label\">至急（当日）</span>"
        case .soon?: "<span class=\"label\">至急</span>"
        case .routine?: "通常"
        case nil:
            switch transport {
            case .emergency: "<span class=\"label full\">緊急</span>"
            case .urgent: "<span class=\"label\">至急</span>"
            case .routine: "通常"
            }
        }
    }
}
