import "tvox-widget/element";
