// The print button; without scripts the browser's own does the same.
const button = document.getElementById('print')
button.hidden = false
button.addEventListener('click', () => print())
