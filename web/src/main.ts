import { mount } from 'svelte'
import App from './App.svelte'
import './app.css'
import { page } from './state/page.svelte'
import { speak } from './strings/index.svelte'

void speak(page.lang).then(() => mount(App, { target: document.getElementById('page')! }))
